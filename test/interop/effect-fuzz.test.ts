import test from 'ava';
import { Effect, Fiber, Schedule, type Scope } from 'effect';
import { all, CancelledError, moveOnAfter, race, scope, shield, sleep, spawn, type Operation } from 'heddle';
import { fromEffect, fromScopedEffect, toEffect, toScopedEffect } from 'heddle/effect';
import { own } from 'heddle/promises';
import { Random } from 'heddle/testing';
import { fuzzSeeds } from '../support/fuzz.js';
import { simulateClean } from '../support/no-leak.js';

type Make = () => Operation<unknown>;
type AnyEffect = Effect.Effect<unknown, unknown>;

/** Fibers and Effects in each other, at random; each knows its path, and what is open in the program is held by path. */
class Program {
  readonly open: Map<number, string> = new Map();
  readonly wrong: string[] = [];
  opened = 0;
  private readonly random: Random;
  private nodes = 0;

  constructor(random: Random) {
    this.random = random;
  }

  acquire(path: string): number {
    this.open.set(++this.opened, path);
    return this.opened;
  }

  release(id: number): void {
    if (!this.open.delete(id)) this.wrong.push(`${id} was released twice`);
  }

  /** All that was opened in a part of the program has been released when that part is left. */
  left(path: string): void {
    for (const within of this.open.values())
      if (within.startsWith(`${path}/`)) this.wrong.push(`${path} is left while ${within} is open`);
  }

  fiber(depth: number, path: string): Make {
    const make = this.fiberOf(depth, path);
    return () => this.watched(path, make);
  }

  private *watched(path: string, make: Make): Operation<unknown> {
    try {
      return yield* make();
    } finally {
      this.left(path);
    }
  }

  effect(depth: number, path: string): AnyEffect {
    return Effect.onExit(this.effectOf(depth, path), () => Effect.sync(() => this.left(path)));
  }

  private fiberOf(depth: number, path: string): Make {
    const { random } = this;
    const ms = random.below(6);
    if (depth === 0) return random.below(2) === 0 ? () => sleep(ms) : () => this.holding(path, ms);
    const f = this.fiber(depth - 1, `${path}/${this.nodes++}`);
    const e = this.effect(depth - 1, `${path}/${this.nodes++}`);
    const scoped = this.scoped(path);
    const choices: Make[] = [
      () => all([f(), fromEffect(e)]),
      () => race([fromEffect(e), f()]),
      () => moveOnAfter(ms, fromEffect(e)),
      () => shield(fromEffect(e), { within: 10_000 }),
      () =>
        scope(function* () {
          const child = yield* spawn(() => fromEffect(e));
          yield* f();
          child.cancel();
        }),
      () =>
        scope(function* () {
          yield* fromScopedEffect(scoped);
          yield* fromEffect(e);
        }),
    ];
    return choices[random.below(choices.length)]!;
  }

  private effectOf(depth: number, path: string): AnyEffect {
    const { random } = this;
    const ms = random.below(6);
    if (depth === 0) return random.below(2) === 0 ? Effect.sleep(ms) : Effect.scoped(this.scoped(path));
    const f = this.fiber(depth - 1, `${path}/${this.nodes++}`);
    const e = this.effect(depth - 1, `${path}/${this.nodes++}`);
    const operation = toEffect(f);
    const choices: AnyEffect[] = [
      Effect.flatMap(e, () => operation),
      Effect.all([e, operation], { concurrency: 'unbounded' }),
      Effect.race(e, operation),
      Effect.timeoutOption(operation, ms),
      Effect.uninterruptible(operation),
      Effect.ensuring(e, operation),
      Effect.repeat(operation, Schedule.recurs(1)),
      Effect.scoped(
        Effect.gen(function* () {
          const background = yield* Effect.forkScoped(operation);
          yield* e;
          yield* Fiber.interrupt(background);
        }),
      ),
      Effect.scoped(
        Effect.flatMap(
          toScopedEffect(() => this.holdingOn(path, f)),
          () => e,
        ),
      ),
    ];
    return choices[random.below(choices.length)]!;
  }

  private scoped(path: string): Effect.Effect<number, never, Scope.Scope> {
    const acquire = Effect.delay(
      Effect.sync(() => this.acquire(`${path}/scoped`)),
      this.random.below(4),
    );
    return Effect.acquireRelease(acquire, (id) =>
      Effect.delay(
        Effect.sync(() => this.release(id)),
        1,
      ),
    );
  }

  private *holding(path: string, ms: number): Operation<void> {
    const id = this.acquire(`${path}/held`);
    try {
      yield* sleep(ms);
    } finally {
      yield* shield(sleep(1));
      this.release(id);
    }
  }

  private *holdingOn(path: string, f: Make): Operation<void> {
    const id = this.acquire(`${path}/open`);
    own({ [Symbol.dispose]: () => this.release(id) });
    yield* f();
  }
}

test('fibers in Effects in fibers release all they hold, once and in time, whenever they are cancelled', async (t) => {
  let opened = 0;
  for (const seed of fuzzSeeds(300)) {
    let program: Program | undefined;
    await simulateClean(
      function* ({ random }) {
        program = new Program(random);
        const body = program.fiber(2 + random.below(4), 'all');
        yield* scope(function* (inner) {
          const fiber = inner.spawn(body);
          yield* sleep(random.below(30));
          fiber.cancel();
        });
      },
      { seed },
    ).catch((error: unknown) => {
      if (!(error instanceof CancelledError)) throw error;
    });
    t.deepEqual(program!.wrong, []);
    t.is(program!.open.size, 0);
    opened += program!.opened;
  }
  t.true(opened > 300);
});

import test from 'ava';
import fc from 'fast-check';
import {
  all,
  call,
  channel,
  mutex,
  moveOnAfter,
  race,
  scope,
  select,
  shield,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  withTimeout,
  yieldNow,
  type Fiber,
  type Operation,
} from 'heddle';
import { simulate, type World } from 'heddle/testing';
import type { Runtime } from 'heddle';
import { fuzzRuns } from '../support/fuzz.js';
import { leftovers } from '../support/no-leak.js';

/** A random program, as data, so that a failing one can be shrunk. */
type Step =
  | { do: 'sleep'; ms: number }
  | { do: 'yield' | 'fail' | 'forever' | 'send' | 'receive' | 'lock' | 'cancelScope' | 'select' }
  | { do: 'cancel'; which: number }
  | { do: 'spawn' | 'daemon' | 'scope' | 'call' | 'swallow' | 'finally' | 'join'; body: Step[] }
  | { do: 'timeout' | 'moveOn' | 'shield'; ms: number; body: Step[] }
  | { do: 'all' | 'race'; bodies: Step[][] };

const ms = fc.integer({ min: 0, max: 8 });
const { program } = fc.letrec<{ program: Step[]; step: Step }>((tie) => {
  const body = tie('program');
  return {
    program: fc.array(tie('step'), { maxLength: 5 }),
    step: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ do: fc.constant('sleep' as const), ms }),
      fc.record({
        do: fc.constantFrom('yield', 'yield', 'fail', 'forever', 'send', 'receive', 'lock', 'cancelScope', 'select'),
      }),
      fc.record({ do: fc.constant('cancel' as const), which: fc.nat(20) }),
      fc.record({
        do: fc.constantFrom('spawn', 'spawn', 'daemon', 'scope', 'call', 'swallow', 'finally', 'join'),
        body,
      }),
      fc.record({ do: fc.constantFrom('timeout', 'moveOn', 'shield'), ms, body }),
      fc.record({ do: fc.constantFrom('all', 'race'), bodies: fc.array(body, { minLength: 1, maxLength: 3 }) }),
    ) as fc.Arbitrary<Step>,
  };
});

/** Runs it, and counts what is open. */
class Interpreter {
  readonly fibers: Fiber<unknown>[] = [];
  open = 0;
  private readonly jobs = channel<number>(1);
  private readonly lock = mutex();

  *run(steps: readonly Step[]): Operation<void> {
    for (const step of steps) yield* this.step(step);
  }

  /** As a fiber's body: every one that begins ends. */
  private *fiber(steps: readonly Step[]): Operation<void> {
    this.open++;
    try {
      yield* this.run(steps);
    } finally {
      this.open--;
    }
  }

  private *step(step: Step): Operation<void> {
    switch (step.do) {
      case 'sleep':
        return yield* sleep(step.ms);
      case 'yield':
        return yield* yieldNow();
      case 'fail':
        throw new Error('failure of the program');
      case 'forever':
        return yield* suspend();
      case 'send':
        return yield* this.jobs.send(1);
      case 'receive':
        return void (yield* this.jobs.receive());
      case 'lock':
        if (this.lock.holder === null) yield* this.lock.withLock(sleep(1));
        return;
      case 'select':
        return void (yield* select({ a: this.jobs.receive(), b: sleep(3), c: this.jobs.send(2) }));
      case 'cancelScope':
        yield* scope(function* (inner) {
          yield* spawn(() => suspend());
          inner.cancel();
        });
        return;
      case 'cancel':
        return this.fibers[step.which % (this.fibers.length || 1)]?.cancel();
      case 'spawn':
        return void this.fibers.push(yield* spawn(() => this.fiber(step.body)));
      case 'daemon':
        return void this.fibers.push(yield* spawnDaemon(() => this.fiber(step.body)));
      case 'join': {
        const child = yield* spawn(() => this.fiber(step.body));
        return yield* child.join();
      }
      case 'scope':
        return yield* scope((inner) => (inner.defer(() => yieldNow()), this.run(step.body)));
      case 'call':
        return yield* call(() => this.run(step.body));
      case 'swallow':
        try {
          yield* this.run(step.body);
        } catch {
          // On purpose.
        }
        return;
      case 'finally':
        try {
          yield* this.run(step.body);
        } finally {
          yield* yieldNow();
        }
        return;
      case 'timeout':
        return yield* withTimeout(step.ms, this.run(step.body));
      case 'moveOn':
        return yield* moveOnAfter(step.ms, this.run(step.body));
      case 'shield':
        return yield* shield(this.run(step.body), { within: step.ms });
      case 'all':
        return void (yield* all(step.bodies.map((body) => this.fiber(body))));
      case 'race':
        return yield* race(step.bodies.map((body) => this.fiber(body)));
    }
  }
}

for (const queue of ['shuffled', 'stride', 'fifo'] as const)
  test(`any program of spawns, cancellations, failures, shields and timeouts ends and leaves nothing behind: ${queue}`, (t) =>
    fc.assert(
      fc.asyncProperty(program, fc.integer({ min: 1, max: 2 ** 31 }), async (steps, seed) => {
        const interpreter = new Interpreter();
        let runtime: Runtime | undefined;
        const body = (world: World): Operation<unknown> => {
          runtime = world.runtime;
          return moveOnAfter(100, interpreter.run(steps));
        };
        // How it ends is the program's business; that it ends is ours.
        await simulate(body, { seed, queue }).catch(() => {});
        t.deepEqual(leftovers(runtime!), { live: 0, scopes: 0, ready: 0, timers: 0 });
        t.is(interpreter.open, 0);
        t.true(interpreter.fibers.every((fiber) => ['succeeded', 'failed', 'cancelled'].includes(fiber.status)));
        const { nodes, edges, fibers } = runtime!.snapshotNow();
        t.is(fibers.live, 0);
        for (const node of nodes) t.is(node.fibers, 0, `${node.chain.join(' ')} ${node.label}`);
        const starts = nodes.filter((node) => node.label === 'spawn').reduce((sum, node) => sum + node.arrivals, 0);
        const ends = nodes.filter((node) => node.label === 'exit').reduce((sum, node) => sum + node.arrivals, 0);
        t.is(starts, fibers.spawned);
        t.is(ends, fibers.ended);
        for (const node of nodes) {
          const came = edges.filter((edge) => edge.to === node.id).reduce((sum, edge) => sum + edge.count, 0);
          if (node.label !== 'spawn') t.is(node.arrivals, came);
        }
      }),
      { numRuns: fuzzRuns(300) },
    ));

test('a seed repeats the schedule exactly', async (t) => {
  const course = (seed: number): Promise<string[]> =>
    simulate(
      function* ({ log, events, random }) {
        yield* scope(function* (inner) {
          for (let i = 0; i < 10; i++)
            inner.spawn(function* () {
              for (let j = 0; j < 5; j++) {
                log(`${i}`);
                yield* random.below(2) === 0 ? yieldNow() : sleep(random.below(3));
              }
            });
        });
        return events;
      },
      { seed },
    );
  t.deepEqual(await course(7), await course(7));
  t.notDeepEqual(await course(7), await course(8));
});

test('scopes that are nested deeper than the native stack are cancelled', async (t) => {
  const depth = 20_000;
  let ended = 0;
  await simulate(function* () {
    function* nest(level: number): Operation<void> {
      try {
        if (level === depth) yield* suspend();
        yield* scope((inner) => (inner.spawn(nest, level + 1), suspend()));
      } finally {
        ended++;
      }
    }
    yield* moveOnAfter(5, nest(1));
  });
  t.is(ended, depth);
});

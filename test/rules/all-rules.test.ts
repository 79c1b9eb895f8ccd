import test from 'ava';
import {
  CancelledError,
  FiberCancelledError,
  now,
  scope,
  shield,
  sleep,
  spawn,
  TimeoutError,
  withTimeout,
  type Fiber,
  type Operation,
  type Scope,
} from 'heddle';
import { Random } from '#src/base/random.js';
import { fuzzSeeds } from '../support/fuzz.js';
import { simulateClean } from '../support/no-leak.js';
import { expectedOf, several, type Program } from '../support/reference.js';

/** Makes programs. No two waits of one are equally long, so that only what one event causes happens at the same time. */
class Maker {
  private readonly random: Random;
  private made: number = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  program(depth: number, fibers: readonly number[] = []): Program {
    const n = this.made++;
    const sub = (): Program => this.program(depth - 1, fibers);
    const kind = depth === 0 ? 0 : 1 + this.below(13);
    if (kind <= 1) return this.simple(n, fibers);
    if (kind <= 5) return this.sequence(n, depth, fibers);
    if (kind <= 7) return { n, kind: 'finally', body: sub(), cleanup: sub() };
    if (kind === 8) return { n, kind: 'catch', body: sub(), cleanup: sub() };
    if (kind <= 10) return { n, kind: 'scope', body: sub() };
    return { n, kind: kind === 13 ? 'shield' : 'timeout', ms: this.ms(), body: sub() };
  }

  private simple(n: number, fibers: readonly number[]): Program {
    const kind = this.below(8);
    if (kind === 0) return { n, kind: 'throw' };
    if (kind === 1) return { n, kind: 'cancel', outward: this.below(3) };
    if (kind === 2 && fibers.length > 0) return { n, kind: 'join', fiber: fibers[this.below(fibers.length)]! };
    return { n, kind: 'sleep', ms: this.ms() };
  }

  private sequence(n: number, depth: number, fibers: readonly number[]): Program {
    const parts: Program[] = [];
    for (let left = 2 + this.below(3); left > 0; left--) {
      const known = [...fibers, ...parts.filter(({ kind }) => kind === 'spawn').map((part) => part.n)];
      parts.push(this.below(2) === 0 ? this.program(depth - 1, known) : this.fiber(depth - 1, known));
    }
    return { n, kind: 'seq', parts };
  }

  private fiber(depth: number, fibers: readonly number[]): Program {
    const [n, first] = [this.made++, this.made++];
    const parts: Program[] = [{ n: first, kind: 'sleep', ms: this.ms() }, this.program(depth, fibers)];
    const cancel = this.below(4) === 0 ? { after: this.ms(), shielded: this.below(2) === 0 } : null;
    return { n, kind: 'spawn', body: { n: this.made++, kind: 'seq', parts }, cancel };
  }

  private ms(): number {
    return 1 + this.below(50_000);
  }

  private below(n: number): number {
    return this.random.below(n);
  }
}

function textOf(error: unknown): string {
  if (error instanceof AggregateError) return several(error.errors.map(textOf));
  if (error instanceof CancelledError) return 'cancelled';
  if (error instanceof FiberCancelledError) return 'fiber cancelled';
  return error instanceof TimeoutError ? 'timeout' : (error as Error).message;
}

function* perform(one: Program, scopes: readonly Scope[], fibers: Map<number, Fiber>, log: string[]): Operation<void> {
  const note = (text: string): void => void log.push(`${now()} ${one.n} ${text}`);
  if (one.kind === 'sleep') return yield* sleep(one.ms);
  if (one.kind === 'throw') throw new Error(`mishap ${one.n}`);
  if (one.kind === 'cancel') return scopes.at(-1 - one.outward)?.cancel();
  if (one.kind === 'join') return void (yield* fibers.get(one.fiber)?.join() ?? []);
  if (one.kind === 'seq') for (const part of one.parts) yield* perform(part, scopes, fibers, log);
  else if (one.kind === 'finally')
    try {
      yield* perform(one.body, scopes, fibers, log);
    } finally {
      note('finally');
      yield* perform(one.cleanup, scopes, fibers, log);
    }
  else if (one.kind === 'catch')
    try {
      yield* perform(one.body, scopes, fibers, log);
    } catch (error) {
      note(`caught ${textOf(error)}`);
      if (error instanceof CancelledError) throw error;
      yield* perform(one.cleanup, scopes, fibers, log);
    }
  else if (one.kind === 'scope') {
    let end = 'ok';
    try {
      yield* scope((inner) => perform(one.body, [...scopes, inner], fibers, log));
    } catch (error) {
      end = textOf(error);
      throw error;
    } finally {
      note(`left ${end}`);
    }
  } else if (one.kind === 'timeout') yield* withTimeout(one.ms, perform(one.body, scopes, fibers, log));
  else if (one.kind === 'shield') yield* shield(perform(one.body, scopes, fibers, log), { within: one.ms });
  else if (one.kind === 'spawn') {
    const { cancel } = one;
    const fiber = yield* spawn(() => perform(one.body, scopes, fibers, log));
    fibers.set(one.n, fiber);
    if (cancel === null) return;
    yield* spawn(function* () {
      yield* cancel.shielded ? shield(sleep(cancel.after), { within: Infinity }) : sleep(cancel.after);
      fiber.cancel();
    });
  }
}

/** What the program logs under the schedule of a seed, and its end. */
async function performed(program: Program, seed: number): Promise<string[]> {
  const log: string[] = [];
  await simulateClean(
    function* () {
      let end = 'ok';
      try {
        yield* scope(() => perform(program, [], new Map(), log));
      } catch (error) {
        end = textOf(error);
      }
      log.push(`${now()} end ${end}`);
    },
    { seed },
  );
  return log.sort();
}

test('whatever is thrown, cancelled or late, programs do at each time what the rules say', async (t) => {
  for (const seed of fuzzSeeds(120)) {
    const program = new Maker(seed).program(5);
    const expected = expectedOf(program).join('\n');
    let seen = '';
    // What one event causes in two fibers has no order: under some schedule it is what was expected.
    for (let i = 0; i < 8 && seen !== expected; i++) seen = (await performed(program, seed + i * 1_000_000)).join('\n');
    t.is(seen, expected, JSON.stringify(program));
  }
});

import { checkFunction, checkInteger } from '../base/check.js';
import { isInstance } from '../base/is-instance.js';
import { checkKnown, type Known } from '../base/known-options.js';
import { Random } from '../base/random.js';
import { textOf } from '../base/text-of.js';
import type { Operation } from '../fibers/operation.js';
import { Runtime } from '../runtime.js';
import { until } from '../fibers/until.js';
import { ShuffledRunQueue } from './shuffled-run-queue.js';
import { VirtualClock } from './virtual-clock.js';

/** What a simulated program is given beside the library itself. */
export interface World {
  readonly clock: VirtualClock;
  readonly random: Random;
  readonly runtime: Runtime;
  /** The events logged so far, for `sameEvents`. */
  readonly events: string[];
  log(event: string): void;
  /** Waits until every other fiber waits and no promise is about to settle. Time does not move meanwhile. */
  untilIdle(): Operation<void>;
}

export interface SimulateOptions {
  /** The seed of the schedule and of `world.random`; 1 unless given. */
  readonly seed?: number;
  /** `shuffled` (unless given) runs ready fibers in random order; `stride` and `fifo` as in production. */
  readonly queue?: 'shuffled' | 'stride' | 'fifo';
  /** Whether time jumps ahead when nothing is ready; true unless given. */
  readonly autoAdvance?: boolean;
}

const SIMULATE_OPTIONS: Known<SimulateOptions> = { seed: true, queue: true, autoAdvance: true };

/**
 * Runs a program in virtual time, on a schedule that the seed decides. When all fibers wait, time jumps to the next timer,
 * whatever is going on outside, so deadlines pass before sockets, files or processes have answered. Test what needs those with
 * `run`, and a server with `listen({ port: 0 })` and `fetch`. For connections there is `connectionPair`.
 *
 * @example
 * const took = await simulate(function* () {
 *   const began = now();
 *   yield* sleep(3_600_000);
 *   return now() - began;
 * });
 */
export function simulate<T>(body: (world: World) => Operation<T>, options: SimulateOptions = {}): Promise<T> {
  checkFunction('body', body);
  checkKnown('simulate', options, SIMULATE_OPTIONS);
  const { seed = 1, queue = 'shuffled', autoAdvance = true } = options;
  const clock = new VirtualClock({ autoAdvance });
  checkInteger('seed', seed, 0, 2 ** 32 - 1);
  const random = new Random(seed);
  // Of one seed all three would be the same numbers, and what the program draws would decide what the schedule does.
  const runtime = new Runtime({
    clock,
    seed: (seed ^ SELECTS) >>> 0,
    queue: queue === 'shuffled' ? new ShuffledRunQueue(new Random(seed ^ SCHEDULE)) : queue,
  });
  const events: string[] = [];
  const world: World = {
    clock,
    random,
    runtime,
    events,
    log: (event) => void events.push(event),
    untilIdle: () => until(clock.idle(), 'idle'),
  };
  return runtime.run(() => body(world));
}

/**
 * Runs a program under many schedules. On a failure the error's message and stack begin with the seed; what is thrown and cannot
 * be changed, or is no error, becomes the `cause` of a new one.
 *
 * @param options.runs how many, 50 unless given; the environment variable `FUZZ_RUNS` raises it.
 */
export async function simulateMany(
  body: (world: World) => Operation<unknown>,
  options: SimulateOptions & { readonly runs?: number } = {},
): Promise<void> {
  checkFunction('body', body);
  checkKnown('simulateMany', options, { ...SIMULATE_OPTIONS, runs: true });
  const { runs: wanted = 50, seed: first = 1, ...others } = options;
  checkInteger('runs', wanted, 0);
  const runs = Math.max(wanted, Number(process.env['FUZZ_RUNS']) || 0);
  for (let seed = first; seed < first + runs; seed++) {
    try {
      await simulate(body, { ...others, seed });
    } catch (error) {
      throw withSeed(error, seed);
    }
  }
}

/** The error itself, since tests check its class; a new error around one that cannot be changed, or is none. */
function withSeed(error: unknown, seed: number): unknown {
  const mark = `[seed ${seed}]`;
  if (isInstance(error, Error))
    try {
      const { message, stack } = error;
      error.message = `${mark} ${message}`;
      // The stack contains the message as it was when the error was made.
      if (stack !== undefined) error.stack = `${mark} ${stack}`;
      return error;
    } catch {
      // Frozen, or a DOMException.
    }
  return new Error(`${mark} ${textOf(error)}`, { cause: error });
}

/** Make other seeds of one: for the schedule, and for what `select` chooses. */
const SCHEDULE = 0x5c4ed01e;
const SELECTS = 0x5e1ec75;

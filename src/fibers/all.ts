import { checkInteger } from '../base/check.js';
import { checkKnown } from '../base/known-options.js';
import { checkOperations } from './check-operations.js';
import type { Fiber } from './fiber.js';
import type { Operation } from './operation.js';
import { PLAIN } from './scope.js';
import { inSegment } from './segment.js';
import { NOTHING, runScope, whyStopped } from './with-scope.js';

/** The results of a tuple or list of operations. */
export type Results<O extends readonly Operation<unknown>[]> = {
  -readonly [K in keyof O]: O[K] extends Operation<infer T> ? T : never;
};

/**
 * Runs operations side by side, each in a fiber, and returns their results in the given order. The fibers have a scope of their
 * own, which closes what a `function*` has opened in them.
 *
 * @param options.concurrency how many run at once, started in order; all of them unless given.
 * @throws the first failure, after the others were cancelled and have ended; if some of them failed meanwhile too, an
 * `AggregateError`; `FiberCancelledError` if one was cancelled alone, as the holder of a lock. `ArgumentError`.
 * Suspends: until all have ended. If cancelled: so are they.
 *
 * @example
 * const [user, orders] = yield* all([loadUser(id), loadOrders(id)]);
 */
export function* all<const O extends readonly Operation<unknown>[]>(
  operations: O,
  options: { concurrency?: number } = {},
): Operation<Results<O>> {
  checkOperations(operations);
  checkKnown('all', options, { concurrency: true });
  const { concurrency } = options;
  if (concurrency === undefined) return (yield* atOnce(operations)) as Results<O>;
  checkInteger('concurrency', concurrency, 1, Infinity);
  return (yield* inTurns(operations, Math.min(concurrency, operations.length))) as Results<O>;
}

/** A fiber for each, named `all`: a generator does not tell which function made it. */
function* atOnce(operations: readonly Operation<unknown>[]): Operation<unknown[]> {
  const fibers: Fiber[] = [];
  yield* runScope((scope) => {
    for (const operation of operations) fibers.push(scope.startMember(all, operation, false));
    return NOTHING;
  }, PLAIN);
  return fibers.map((fiber) => {
    if (fiber.wasCancelled) throw whyStopped(fibers);
    return fiber.outcome;
  });
}

function* inTurns(operations: readonly Operation<unknown>[], workers: number): Operation<unknown[]> {
  // Results in the order of the operations. Not `Array.from({ length })`, which takes as long as two fibers.
  const work = { operations, results: operations.map(() => undefined), started: 0, done: 0 };
  const fibers: Fiber[] = [];
  yield* runScope((scope) => {
    for (let i = 0; i < workers; i++) fibers.push(scope.startMember(all, worker(work), false));
    return NOTHING;
  }, PLAIN);
  if (work.done < operations.length) throw whyStopped(fibers);
  return work.results;
}

interface Work {
  readonly operations: readonly Operation<unknown>[];
  readonly results: unknown[];
  started: number;
  done: number;
}

function* worker(work: Work): Operation<void> {
  while (work.started < work.operations.length) {
    const index = work.started++;
    // Compiled operations can be interrupted only where the run loop drives them.
    work.results[index] = yield* inSegment(work.operations[index]!);
    work.done++;
  }
}

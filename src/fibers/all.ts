import { checkInteger } from '../base/check.js';
import { checkOperations } from './check-operations.js';
import type { Operation } from './operation.js';
import { PLAIN, type Scope } from './scope.js';
import { NOTHING, runScope, stoppedFromOutside } from './with-scope.js';

/** The results of a tuple or list of operations. */
export type Results<O extends readonly Operation<unknown>[]> = {
  -readonly [K in keyof O]: O[K] extends Operation<infer T> ? T : never;
};

/**
 * Runs operations side by side, each in a fiber, and returns their results in the given order.
 *
 * @param options.concurrency how many run at once; all of them unless given. They start in order.
 * @throws the first failure, after the others were cancelled and have ended.
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
  const concurrency = options.concurrency ?? Infinity;
  checkInteger('concurrency', concurrency, 1, Infinity);
  // In the order of the operations. `Array.from({ length })` takes as long as two fibers.
  const results: unknown[] = operations.map(() => undefined);
  const work = { operations, results, started: 0, done: 0 };
  const workers = Math.min(concurrency, operations.length);
  yield* runScope((scope) => startWorkers(scope, work, workers), PLAIN);
  if (work.done < operations.length) throw stoppedFromOutside();
  return work.results as Results<O>;
}

interface Work {
  readonly operations: readonly Operation<unknown>[];
  readonly results: unknown[];
  started: number;
  done: number;
}

function startWorkers(scope: Scope, work: Work, workers: number): Operation<void> {
  for (let i = 0; i < workers; i++) scope.startMember(worker, worker(work), false);
  return NOTHING;
}

function* worker(work: Work): Operation<void> {
  while (work.started < work.operations.length) {
    const index = work.started++;
    work.results[index] = yield* work.operations[index]!;
    work.done++;
  }
}

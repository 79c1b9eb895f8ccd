import { checkDuration, checkTime } from '../base/check.js';
import { TimeoutError } from '../base/errors.js';
import type { Operation } from './operation.js';
import { after } from './sleep.js';
import { runScope } from './with-scope.js';

/**
 * Runs `operation` in a scope whose deadline is `ms` from now. What a `function*` opens in there is closed with that scope; in
 * `withTimeout(ms, connect(…))` `connect` is called outside, so that its connection stays open.
 *
 * @throws `TimeoutError` if that stopped it; otherwise what it throws. `ArgumentError`.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * try {
 *   yield* withTimeout(10, sleep(1000));
 * } catch (error) {
 *   if (!(error instanceof TimeoutError)) throw error;
 *   console.log(error.message); // not done within 10 ms
 * }
 */
export function* withTimeout<T>(ms: number, operation: Operation<T>): Operation<T> {
  checkDuration('ms', ms, true);
  return yield* bounded(after(ms), operation, () => `not done within ${ms} ms`);
}

/**
 * As `withTimeout`, in every respect, with an absolute deadline in ms of `now()`.
 *
 * @example
 * const end = now() + 100; // for both
 * yield* withTimeoutAt(end, sleep(20));
 * yield* withTimeoutAt(end, sleep(20));
 */
export function* withTimeoutAt<T>(at: number, operation: Operation<T>): Operation<T> {
  checkTime('at', at);
  return yield* bounded(at, operation, () => 'not done by the deadline');
}

/**
 * Runs `operation` in a scope whose deadline is `ms` from now, and goes on without its result if that stops it.
 *
 * @returns the result, or `undefined` when there was not enough time.
 * @throws what the operation throws. `ArgumentError`.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * const jobs = channel<string>();
 * const job = yield* moveOnAfter(10, jobs.receive());
 * if (job === undefined) console.log('nothing to do');
 */
export function* moveOnAfter<T>(ms: number, operation: Operation<T>): Operation<T | undefined> {
  checkDuration('ms', ms, true);
  return yield* moveOnAt(after(ms), operation);
}

/**
 * As `moveOnAfter`, in every respect, with an absolute deadline in ms of `now()`.
 *
 * @example
 * const batch: string[] = [];
 * const end = now() + 10;
 * for (let one; (one = yield* moveOnAt(end, lines.receive())) !== undefined; ) batch.push(one);
 */
export function* moveOnAt<T>(at: number, operation: Operation<T>): Operation<T | undefined> {
  checkTime('at', at);
  const end = yield* runScope(() => operation, { deadline: at, shielded: false });
  return end.cutShort && end.scope.expired ? undefined : end.result();
}

function* bounded<T>(at: number, operation: Operation<T>, message: () => string): Operation<T> {
  const end = yield* runScope(() => operation, { deadline: at, shielded: false });
  if (end.cutShort && end.scope.expired) throw new TimeoutError(message());
  return end.result();
}

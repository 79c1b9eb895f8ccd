import { checkDuration, checkTime } from '../base/check.js';
import { TimeoutError } from '../base/errors.js';
import type { Operation } from './operation.js';
import { after } from './sleep.js';
import { runScope } from './with-scope.js';

/**
 * Runs `operation` in a scope whose deadline is `ms` from now.
 *
 * @throws `TimeoutError` if that stopped it; otherwise what it throws.
 * Suspends: as the operation does. If cancelled: as the operation is.
 */
export function* withTimeout<T>(ms: number, operation: Operation<T>): Operation<T> {
  checkDuration('ms', ms, true);
  return yield* bounded(after(ms), operation, () => `not done within ${ms} ms`);
}

/** As `withTimeout`, in every respect, with an absolute deadline in ms of `now()`. */
export function* withTimeoutAt<T>(at: number, operation: Operation<T>): Operation<T> {
  checkTime('at', at);
  return yield* bounded(at, operation, () => 'not done by the deadline');
}

/**
 * Runs `operation` in a scope whose deadline is `ms` from now, and goes on without its result if that stops it.
 *
 * @returns the result, or `undefined` when there was not enough time.
 * @throws what the operation throws.
 * Suspends: as the operation does. If cancelled: as the operation is.
 */
export function* moveOnAfter<T>(ms: number, operation: Operation<T>): Operation<T | undefined> {
  checkDuration('ms', ms, true);
  return yield* moveOnAt(after(ms), operation);
}

/** As `moveOnAfter`, in every respect, with an absolute deadline in ms of `now()`. */
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

import { checkOptions, checkSignal } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';
import { promiseOf } from '../promise-of.js';

export interface ToPromiseOptions {
  /** Cancels the operation when it is aborted. */
  readonly signal?: AbortSignal;
  /** Which scope the fiber belongs to; the current one unless given. Plain callbacks have to give it. */
  readonly scope?: ScopeHandle;
}

/**
 * Runs an operation in a fiber of its own, for code that wants a promise. A plain call. The fiber belongs to a scope,
 * which does not end before it; but what it throws is the promise's, and not the scope's.
 *
 * The promise settles once everything that the operation has started has ended, its `finally` blocks too.
 *
 * @returns (rejects) what the operation threw; the signal's reason if that stopped it; `CancelledError` if its scope was
 * cancelled: that alone is no unhandled rejection where nobody looks. With a signal that is aborted already nothing is begun.
 * @throws `MisuseError` outside of fibers without `scope`.
 *
 * @example
 * const cached = await cache.wrap(key, (signal) => toPromise(loadPage(key), { scope, signal }));
 */
export function toPromise<T>(operation: Operation<T>, options: ToPromiseOptions = {}): Promise<T> {
  checkOptions(options);
  const { signal } = options;
  if (signal !== undefined) checkSignal(signal);
  const owner = ownerOf('toPromise', options.scope);
  if (signal?.aborted) return Promise.reject(signal.reason);
  return promiseOf(
    owner,
    // By its name the graph knows the fiber.
    function toPromise() {
      return operation;
    },
    signal,
  );
}

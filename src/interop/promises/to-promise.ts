import { checkSignal } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { unheard } from '../../base/unheard.js';
import type { Operation } from '../../fibers/operation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';
import { promiseOf } from '../promise-of.js';

export interface ToPromiseOptions {
  /** Cancels the operation when it is aborted. */
  readonly signal?: AbortSignal;
  /** The scope that owns the fiber; the innermost one of the current fiber unless given. Required outside of fibers. */
  readonly scope?: ScopeHandle;
}

/**
 * Runs an operation in a fiber of its own, for code that wants a promise. A plain call. The fiber belongs to a scope,
 * which waits for it; but a failure rejects the promise and does not fail the scope.
 *
 * The promise settles once everything that the operation has started has ended, including its `finally` blocks.
 *
 * @returns (rejects) what the operation threw; the signal's reason if that stopped it; `CancelledError` if its scope was
 * cancelled. The last two are not reported as unhandled rejections. If the signal was aborted before the call, nothing is
 * begun.
 * @throws `MisuseError` outside of fibers without `scope`; `ScopeClosedError`; `ArgumentError`.
 *
 * @example
 * const cached = await cache.wrap(key, (signal) => toPromise(loadPage(key), { scope, signal }));
 */
export function toPromise<T>(operation: Operation<T>, options: ToPromiseOptions = {}): Promise<T> {
  checkKnown('toPromise', options, { signal: true, scope: true });
  const { signal } = options;
  if (signal !== undefined) checkSignal(signal);
  const owner = ownerOf('toPromise', options.scope);
  if (signal?.aborted) {
    const refused = Promise.reject(signal.reason);
    unheard(refused);
    return refused;
  }
  return promiseOf(
    owner,
    // Its name is the fiber's name in the graph.
    function toPromise() {
      return operation;
    },
    signal,
  );
}

import { isCancellation } from '../../fibers/is-cancellation.js';
import { onAbort } from '../../fibers/on-abort.js';
import type { Operation } from '../../fibers/operation.js';
import type { ScopeHandle } from '../../fibers/scope.js';
import { scope } from '../../fibers/with-scope.js';
import { ownerOf } from './owner.js';

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
  const { signal } = options;
  const owner = ownerOf('toPromise', options.scope);
  if (signal?.aborted) return Promise.reject(signal.reason);
  const promise = new Promise<T>((resolve, reject) => {
    const fiber = owner.spawn(function* toPromise(): Operation<void> {
      try {
        resolve(yield* scope(() => operation));
      } catch (error) {
        if (!isCancellation(error)) return reject(error);
        promise.catch(ignore);
        reject(signal?.aborted === true ? signal.reason : error);
        throw error;
      } finally {
        stopListening?.();
      }
    });
    const stopListening = signal && onAbort(signal, () => fiber.cancel(`aborted: ${String(signal.reason)}`));
  });
  return promise;
}

function ignore(): void {}

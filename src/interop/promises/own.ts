import { expected } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';
import { until } from '../../fibers/until.js';

/**
 * Makes a scope own a disposable object, which is disposed of when the scope ends, after its fibers, the newest first. For a
 * `function*`, where `await using` is not allowed; plain `using` is. A plain call.
 *
 * @param scope the innermost one of the current fiber unless given.
 * @returns the object.
 * @throws `ArgumentError` if it has neither `Symbol.asyncDispose` nor `Symbol.dispose`; `MisuseError` outside of fibers
 * without `scope`; `ScopeClosedError` if `scope` has ended.
 *
 * @example
 * const connection = own(yield* abortable(() => pool.getConnection())); // of `mysql2`
 */
export function own<T extends AsyncDisposable | Disposable>(disposable: T, scope?: ScopeHandle): T {
  const owner = ownerOf('own', scope);
  const close = (disposable as Partial<AsyncDisposable>)?.[Symbol.asyncDispose];
  if (typeof close === 'function') owner.defer(() => waitFor(close.call(disposable)));
  else if (typeof (disposable as Partial<Disposable>)?.[Symbol.dispose] === 'function')
    owner.defer(() => (disposable as Disposable)[Symbol.dispose]());
  else throw expected('disposable', 'something with `Symbol.asyncDispose` or `Symbol.dispose`', disposable);
  return disposable;
}

function waitFor(closed: PromiseLike<void>): Operation<void> {
  return until(Promise.resolve(closed), 'dispose');
}

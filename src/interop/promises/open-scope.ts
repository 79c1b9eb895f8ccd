import { expected } from '../../base/check.js';
import { unheard } from '../../base/unheard.js';
import { PLAIN, type ScopeHandle } from '../../fibers/scope.js';
import { suspend } from '../../fibers/suspend.js';
import { runScope } from '../../fibers/with-scope.js';
import { Runtime } from '../../runtime.js';

/** A scope opened by code outside of fibers. */
export interface OpenScope extends AsyncDisposable {
  /** For `toPromise`, `toAsyncIterable` and `own`. */
  readonly scope: ScopeHandle;
  /**
   * Cancels the fibers still in it, and waits until they have ended and what it owns is closed. Further calls return the same
   * promise.
   *
   * @returns (rejects) what failed in it.
   */
  close(): Promise<void>;
}

/**
 * Opens a scope for code outside of fibers: in an async function `await using` closes it at the end of the block.
 *
 * @param runtime runs its fibers; a new one unless given.
 * @throws (rejects) `MisuseError` inside of a fiber, where `scope` is to be used instead; `ArgumentError`.
 *
 * @example
 * await using fibers = await openScope();
 * const pages = await toPromise(all(urls.map(load)), { scope: fibers.scope, signal: request.signal });
 */
export async function openScope(runtime: Runtime = new Runtime()): Promise<OpenScope> {
  if (!(runtime instanceof Runtime)) throw expected('runtime', 'a Runtime', runtime);
  let open!: (scope: ScopeHandle) => void;
  const opened = new Promise<ScopeHandle>((resolve) => (open = resolve));
  const ended = runtime.run(function* openScope() {
    const end = yield* runScope((scope) => {
      open(scope);
      return suspend();
    }, PLAIN);
    // Being cut short by its own `close` is its normal end.
    if (!end.cutShort) end.result();
  });
  // Failures are reported by `close`.
  unheard(ended);
  const scope = await opened;
  const close = (): Promise<void> => {
    scope.cancel('the scope was closed');
    return ended;
  };
  return { scope, close, [Symbol.asyncDispose]: close };
}

import type { Operation } from './operation.js';
import type { Scope } from './scope.js';

/**
 * Ties something that is open (a connection, a file) to a scope: `close` runs when the scope ends, after its fibers,
 * the newest first, shielded. Returns how to untie it, once it has been closed before; then the scope keeps nothing
 * of it, however many it opens and closes.
 *
 * @param abandon closes it without waiting: called if the scope has ended while it was being opened
 * @throws `ScopeClosedError` then.
 */
export function ownedBy(
  scope: Scope,
  close: () => Operation<unknown> | void,
  abandon: () => void = () => {},
): () => void {
  try {
    return scope.addCleanup(close);
  } catch (error) {
    abandon();
    throw error;
  }
}

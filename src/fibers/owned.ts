import type { Operation } from './operation.js';
import type { Scope } from './scope.js';

/**
 * Ties something that is open (a connection, a file) to a scope: `close` runs when the scope ends, after its fibers,
 * the newest first, shielded. Returns a function that unties it, for when it is closed earlier: the scope then keeps nothing of
 * it, however many are opened and closed.
 *
 * @param abandon closes it without waiting: called if the scope has ended while it was being opened
 * @throws `ScopeClosedError` in that case.
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

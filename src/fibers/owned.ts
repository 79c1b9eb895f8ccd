import type { Operation } from './operation.js';
import type { Scope } from './scope.js';

/**
 * Ties something that is open (a connection, a file) to a scope: `close` runs when the scope ends, after its fibers,
 * the newest first, shielded. Returns how to untie it, once it has been closed before; then the scope keeps nothing
 * of it, however many it opens and closes.
 */
export function ownedBy(scope: Scope, close: () => Operation<unknown> | void): () => void {
  return scope.addCleanup(close);
}

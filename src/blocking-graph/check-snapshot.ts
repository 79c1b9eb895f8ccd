import { expected } from '../base/check.js';
import type { Snapshot } from './snapshot.js';

/**
 * Checks the format only: the fields of snapshots from outside are checked by `parseSnapshot`.
 *
 * @throws ArgumentError if it is not a snapshot.
 */
export function checkSnapshot(snapshot: Snapshot, name: string = 'snapshot'): void {
  if (snapshot?.format !== 'heddle.snapshot')
    throw expected(name, 'a snapshot, as `parseSnapshot` returns one', snapshot);
}

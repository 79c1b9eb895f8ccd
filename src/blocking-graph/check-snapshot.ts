import { expected } from '../base/check.js';
import type { Snapshot } from './snapshot.js';

/** One that heddle made or `parseSnapshot` has read, which is where all of its fields are looked at. */
export function checkSnapshot(snapshot: Snapshot, name: string = 'snapshot'): void {
  if (snapshot?.format !== 'heddle.snapshot')
    throw expected(name, 'a snapshot, as `parseSnapshot` returns one', snapshot);
}

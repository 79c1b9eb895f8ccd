import { readSnapshot } from '../blocking-graph/parse-snapshot.js';
import type { Snapshot } from '../blocking-graph/snapshot.js';
import { converse } from './client.js';

/**
 * Asks a running program for a snapshot of itself.
 *
 * @param options.limitMs how long that may take, in ms; 10 s unless given.
 * @param options.signal hangs up when it is aborted.
 * @throws InspectionError when the program cannot be reached or does not answer; SnapshotError when its answer is not a
 * snapshot that this version can read.
 */
export async function fetchSnapshot(
  socketPath: string,
  { limitMs = 10_000, signal }: { readonly limitMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Snapshot> {
  return readSnapshot(await converse(socketPath, limitMs, (client) => client.requestSnapshot(), signal));
}

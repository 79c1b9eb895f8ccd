import { readSnapshot } from '../blocking-graph/parse-snapshot.js';
import type { Snapshot } from '../blocking-graph/snapshot.js';
import { converse } from './client.js';

/**
 * Asks a running program for a snapshot of itself.
 *
 * @param options.limitMs how long that may take, in ms.
 * @param options.signal hangs up when it is aborted.
 * @throws InspectionError when the program cannot be reached or does not answer; SnapshotError when what it answers is
 * no snapshot that this version reads.
 */
export async function fetchSnapshot(
  socketPath: string,
  { limitMs = 10_000, signal }: { readonly limitMs?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Snapshot> {
  return readSnapshot(await converse(socketPath, limitMs, (client) => client.requestSnapshot(), signal));
}

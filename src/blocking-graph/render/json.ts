import type { Snapshot } from '../snapshot.js';

/** The snapshot as JSON, for `parseSnapshot` and other programs; indented, since people look into such files too. */
export function renderJson(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`;
}

import type { Snapshot } from '../snapshot.js';

/** The snapshot for programs, as `parseSnapshot` reads it; indented, since people look into such files too. */
export function renderJson(snapshot: Snapshot): string {
  return `${JSON.stringify(snapshot, null, 2)}\n`;
}

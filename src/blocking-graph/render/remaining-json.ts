import { predictRemaining } from '../remaining.js';
import type { Snapshot } from '../snapshot.js';

/** What fibers at each node are still going to need, for programs: as `predictRemaining` has it, with the node's id. */
export function renderRemainingJson(snapshot: Snapshot): string {
  const rows = predictRemaining(snapshot).map(({ node, ...rest }) => ({ node: node.id, fibers: node.fibers, ...rest }));
  return `${JSON.stringify(rows, null, 2)}\n`;
}

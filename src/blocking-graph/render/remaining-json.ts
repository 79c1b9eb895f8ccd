import { predictRemaining } from '../remaining.js';
import type { Snapshot } from '../snapshot.js';

/** What fibers at each node are still going to need, as JSON: the result of `predictRemaining`, with ids instead of nodes. */
export function renderRemainingJson(snapshot: Snapshot): string {
  const { nodes, settled } = predictRemaining(snapshot);
  const rows = nodes.map(({ node, ...rest }) => ({ node: node.id, fibers: node.fibers, ...rest }));
  return `${JSON.stringify({ settled, nodes: rows }, null, 2)}\n`;
}

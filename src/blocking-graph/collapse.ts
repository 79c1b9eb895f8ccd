import { addEdges, addNodes } from './add.js';
import { merge } from './merge.js';
import type { NodeSnapshot, Snapshot } from './snapshot.js';

/**
 * The same picture with at most `limit` nodes: the least ones are shown as a single node. How much a node matters is
 * the largest of its shares of fibers, of processor time and of arrivals. Nodes keep their order, so that a drawing
 * changes little from one snapshot to the next.
 */
export function collapse(snapshot: Snapshot, limit: number): Snapshot {
  const { nodes, edges } = snapshot;
  if (nodes.length <= limit) return snapshot;
  const weight = weigher(nodes);
  const kept = new Set(
    [...nodes]
      .sort((a, b) => weight(b) - weight(a))
      .slice(0, Math.max(0, limit - 1))
      .map((node) => node.id),
  );
  const small = nodes.filter((node) => !kept.has(node.id));
  const rest: NodeSnapshot = {
    // Without what they start, which is joined below: node by node the list would be built anew each time.
    ...small.map((node): NodeSnapshot => ({ ...node, spawns: [] })).reduce(addNodes),
    spawns: small.flatMap(({ spawns }) => spawns),
    id: REST,
    label: `${small.length} other nodes`,
    subject: null,
    chain: [],
    places: [],
  };
  const shown = (id: string): string => (kept.has(id) ? id : REST);
  const redirected = edges
    .map((edge) => ({ ...edge, from: shown(edge.from), to: shown(edge.to) }))
    .filter((edge) => edge.from !== REST || edge.to !== REST);
  return {
    ...snapshot,
    nodes: [...nodes.filter((node) => kept.has(node.id)), rest].map((node) => ({
      ...node,
      spawns: merge(
        node.spawns.map(({ to, count }) => ({ to: shown(to), count })),
        ({ to }) => to,
        (a, b) => ({ to: a.to, count: a.count + b.count }),
      ),
    })),
    edges: merge(redirected, (edge) => JSON.stringify([edge.from, edge.to]), addEdges),
  };
}

/** The id of the node that stands for those that are not shown. No node of a program has it. */
const REST = '(rest)';

function weigher(nodes: readonly NodeSnapshot[]): (node: NodeSnapshot) => number {
  const total = (pick: (node: NodeSnapshot) => number): number => nodes.reduce((sum, node) => sum + pick(node), 0) || 1;
  const fibers = total((node) => node.fibers);
  const run = total((node) => node.run.totalMs);
  const arrivals = total((node) => node.arrivals);
  return (node) => Math.max(node.fibers / fibers, node.run.totalMs / run, node.arrivals / arrivals);
}

import { addEdges, addSpawns, joinNodes } from './add.js';
import { merge } from './merge.js';
import type { NodeSnapshot, Snapshot } from './snapshot.js';
import { groupWaits, type WaitGroup } from './wait-groups.js';

/**
 * The same graph with at most `limit` nodes, for a drawing. Nodes that wait for the same thing are merged, the largest groups
 * first; if that is not enough, the least important of the rest are merged into one. A node's importance is the largest of
 * its shares of fibers, processor time and arrivals. Nodes keep their order, so that a drawing changes little from one
 * snapshot to the next.
 *
 * @param apart ids of nodes that are not merged, unless they alone exceed `limit`.
 */
export function collapse(snapshot: Snapshot, limit: number, apart: ReadonlySet<string> = new Set()): Snapshot {
  if (snapshot.nodes.length <= limit) return snapshot;
  const grouped = withGroups(snapshot, limit, apart);
  return grouped.nodes.length <= limit ? grouped : withRest(grouped, limit, apart);
}

/** Merges nodes that wait for the same thing; the groups with the fewest places stay unmerged as long as there is room. */
function withGroups(snapshot: Snapshot, limit: number, apart: ReadonlySet<string>): Snapshot {
  const { nodes } = snapshot;
  const groups = groupWaits(nodes.filter(({ id }) => !apart.has(id)));
  let room = limit - apart.size - groups.length;
  const folded: WaitGroup[] = [];
  for (const group of [...groups].sort((a, b) => a.places.length - b.places.length)) {
    room -= group.places.length - 1;
    if (room < 0) folded.push(group);
  }
  return redraw(snapshot, folded);
}

/** Merges the least important nodes into one. */
function withRest(snapshot: Snapshot, limit: number, apart: ReadonlySet<string>): Snapshot {
  const { nodes } = snapshot;
  const weight = weigher(nodes);
  const small = [...nodes]
    .sort((a, b) => Number(apart.has(b.id)) - Number(apart.has(a.id)) || weight(b) - weight(a))
    .slice(Math.max(0, limit - 1));
  const rest: NodeSnapshot = {
    ...joinNodes(small),
    id: REST,
    label: `${small.length} other nodes`,
    subject: null,
    chain: [],
    places: [],
  };
  return redraw(snapshot, [{ node: rest, places: small }]);
}

/** Replaces the places of each group by its merged node, which takes the position of the last of them. */
function redraw(snapshot: Snapshot, groups: readonly WaitGroup[]): Snapshot {
  const groupOf = new Map(groups.flatMap((group) => group.places.map(({ id }) => [id, group.node] as const)));
  const shown = (id: string): string => groupOf.get(id)?.id ?? id;
  const nodes = new Map<string, NodeSnapshot>();
  for (const node of snapshot.nodes) {
    nodes.delete(shown(node.id));
    nodes.set(shown(node.id), groupOf.get(node.id) ?? node);
  }
  const edges = snapshot.edges
    .map((edge) => ({ ...edge, from: shown(edge.from), to: shown(edge.to) }))
    .filter(({ from, to }, index) => from !== to || from === snapshot.edges[index]!.from);
  return {
    ...snapshot,
    nodes: [...nodes.values()].map((node) => ({
      ...node,
      spawns: addSpawns(node.spawns.map(({ to, count }) => ({ to: shown(to), count }))),
    })),
    edges: merge(edges, (edge) => JSON.stringify([edge.from, edge.to]), addEdges),
  };
}

/** The id of the node that stands for the least important ones. Ids of real nodes have no parentheses. */
const REST = '(rest)';

function weigher(nodes: readonly NodeSnapshot[]): (node: NodeSnapshot) => number {
  const total = (pick: (node: NodeSnapshot) => number): number => nodes.reduce((sum, node) => sum + pick(node), 0) || 1;
  const fibers = total((node) => node.fibers);
  const run = total((node) => node.run.totalMs);
  const arrivals = total((node) => node.arrivals);
  return (node) => Math.max(node.fibers / fibers, node.run.totalMs / run, node.arrivals / arrivals);
}

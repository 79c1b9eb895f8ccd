import { collapse } from './collapse.js';
import type { Snapshot } from './snapshot.js';
import { groupWaits } from './wait-groups.js';

/**
 * A detail of the graph: the nodes that wait for one thing, and their direct predecessors and successors. Of many such
 * nodes, those with the most waiting fibers are kept. Null if there is no such node.
 *
 * @param id of a node, or of a group of nodes that wait for the same thing, as `groupWaits` gives it.
 */
export function focus(snapshot: Snapshot, id: string, limit: number): Snapshot | null {
  const group = groupWaits(snapshot.nodes).find(
    ({ node, places }) => node.id === id || places.some((one) => one.id === id),
  );
  if (group === undefined) return null;
  const places = group.node.id === id ? group.places.slice(0, Math.ceil(limit / 2)) : [{ id }];
  const inside = new Set(places.map((place) => place.id));
  const edges = snapshot.edges.filter(({ from, to }) => inside.has(from) || inside.has(to));
  const near = new Set([...inside, ...edges.flatMap(({ from, to }) => [from, to])]);
  return collapse({ ...snapshot, nodes: snapshot.nodes.filter((node) => near.has(node.id)), edges }, limit, inside);
}

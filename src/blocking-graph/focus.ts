import { collapse } from './collapse.js';
import type { Snapshot } from './snapshot.js';
import { groupWaits } from './wait-groups.js';

/**
 * A part of the picture: where fibers wait for one thing, from where they come there and where they go on. Of many places
 * those are shown where most fibers wait. Null when there is no such node.
 *
 * @param id of a node, or of the nodes that wait for the same, as `groupWaits` gives it.
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

import { TOO_LONG } from '../fibers/slice-meter.js';
import { checkSnapshot } from './check-snapshot.js';
import type { NodeSnapshot, Snapshot } from './snapshot.js';

/**
 * Checks that the graph's counts are consistent: arrivals at a node equal the counts of its incoming edges, and the fibers
 * there equal arrivals less departures. Returns one sentence for each imbalance; empty if all is well.
 *
 * For whole snapshots only: a difference does not count the fibers that were at a node when it began. Returns nothing if
 * events were lost, since fibers then start at `(other)` without an edge.
 *
 * @throws ArgumentError if it is not a snapshot.
 */
export function findImbalances(snapshot: Snapshot): string[] {
  checkSnapshot(snapshot);
  const { nodes, edges, lost } = snapshot;
  if (lost > 0) return [];
  const came = new Map<string, number>();
  const left = new Map<string, number>();
  for (const { from, to, count } of edges) {
    came.set(to, (came.get(to) ?? 0) + count);
    left.set(from, (left.get(from) ?? 0) + count);
  }
  const sentences: string[] = [];
  for (const node of nodes) {
    const inward = came.get(node.id) ?? 0;
    const outward = left.get(node.id) ?? 0;
    const standing = node.label === 'exit' ? 0 : node.arrivals - outward;
    if (node.label !== 'spawn' && node.arrivals !== inward)
      sentences.push(`node ${node.id} counts ${node.arrivals} arrivals, its edges ${inward}`);
    if (node.fibers !== standing)
      sentences.push(`node ${node.id} counts ${node.fibers} fibers, its edges leave ${standing}`);
    if (node.waiting + node.ready > node.fibers)
      sentences.push(`node ${node.id} counts ${node.waiting} waiting and ${node.ready} ready of ${node.fibers} fibers`);
  }
  return sentences;
}

/** A node with the number by which it is ranked. */
export interface RankedNode {
  readonly node: NodeSnapshot;
  readonly value: number;
}

/**
 * Nodes by their share, from 0 to 1, of all processor time that fibers used; those without any are left out.
 *
 * @throws ArgumentError if it is not a snapshot.
 */
export function hotNodes(snapshot: Snapshot): RankedNode[] {
  checkSnapshot(snapshot);
  const total = snapshot.nodes.reduce((sum, node) => sum + node.run.totalMs, 0);
  return rank(snapshot, (node) => (total === 0 ? null : node.run.totalMs / total));
}

/**
 * Nodes by how long, in ms, the longest-waiting fiber there has waited.
 *
 * @throws ArgumentError if it is not a snapshot.
 */
export function longestWaits(snapshot: Snapshot): RankedNode[] {
  return rank(snapshot, (node) => node.oldestMs);
}

/**
 * Nodes by their mean run, in ms, where it is longer than one and a half time slices: such runs hold up all other fibers.
 *
 * @throws ArgumentError if it is not a snapshot.
 */
export function longRuns(snapshot: Snapshot): RankedNode[] {
  return rank(snapshot, (node) => node.run.meanMs).filter(({ value }) => value > TOO_LONG * snapshot.scheduler.sliceMs);
}

function rank(snapshot: Snapshot, pick: (node: NodeSnapshot) => number | null): RankedNode[] {
  checkSnapshot(snapshot);
  return snapshot.nodes
    .map((node) => ({ node, value: pick(node) ?? 0 }))
    .filter(({ value }) => value > 0)
    .sort((a, b) => b.value - a.value);
}

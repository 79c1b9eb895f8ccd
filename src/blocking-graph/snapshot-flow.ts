import type { Flow, FlowNode } from './flow-node.js';
import type { NodeSnapshot, Snapshot } from './snapshot.js';

/**
 * The graph of a snapshot as flows, for `Prediction`, in the order of its nodes. Means are over the snapshot's window; those
 * of the live graph are over the last second.
 */
export function flowOf({ nodes, edges }: Snapshot): FlowNode[] {
  const numbers = new Map(nodes.map(({ id }, index) => [id, index]));
  const counts = nodes.map((): Map<number, number> => new Map());
  for (const { from, to, count } of edges) {
    const leaving = counts[numbers.get(from)!]!;
    const end = numbers.get(to)!;
    leaving.set(end, (leaving.get(end) ?? 0) + count);
  }
  return nodes.map((node, index) => {
    const leaving = [...counts[index]!];
    const departures = leaving.reduce((sum, [, count]) => sum + count, 0);
    const flows = (pairs: readonly (readonly [number, number])[]): Flow[] =>
      departures === 0 ? [] : pairs.map(([to, count]) => ({ to, p: count / departures }));
    return {
      cpuMs: departures === 0 ? (node.run.meanMs ?? 0) : node.run.totalMs / departures,
      waitMs: waitMs(node),
      edges: flows(leaving),
      spawns: flows(node.spawns.flatMap(({ to, count }) => (numbers.has(to) ? [[numbers.get(to)!, count]] : []))),
      departures,
    };
  });
}

/** Waiting for a pool is queueing, which depends on other fibers and not on how long the work itself takes. */
function waitMs({ wait, pool }: NodeSnapshot): number {
  return wait === null || wait.count === 0 || pool !== null ? 0 : wait.sumMs / wait.count;
}

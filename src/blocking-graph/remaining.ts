import { checkSnapshot } from './check-snapshot.js';
import type { FlowNode } from './flow-node.js';
import { Prediction } from './prediction.js';
import { flowOf } from './snapshot-flow.js';
import type { NodeSnapshot, Snapshot } from './snapshot.js';
import type { Effort } from './solver.js';
import { MOST_AGAIN } from './times.js';
import type { Use } from './use.js';

/** Predicted remaining work of the fibers of a snapshot. */
export interface Remaining {
  readonly nodes: readonly NodeRemaining[];
  /** False if the computation was given up before it converged, in a large graph with many cycles: numbers are then too small. */
  readonly settled: boolean;
}

/** What a fiber at a node is still going to do on average, by the flows of the snapshot. */
export interface NodeRemaining {
  readonly node: NodeSnapshot;
  /** T: time to the end in ms, without queueing for the processor or a pool; null if no path to an end was seen. */
  readonly timeMs: number | null;
  /** The part of it spent waiting. */
  readonly blockedMs: number | null;
  /** Empty if no path to an end was seen. */
  readonly demands: readonly RemainingDemand[];
}

/** Demand is in ms of processor time, bytes × ms of memory, descriptors × ms, or slots × ms of a pool. */
export interface RemainingDemand {
  /** `cpu`, `memory`, `external memory`, `descriptors`, or the name of a pool. */
  readonly resource: string;
  /** W: what is still going to be used or taken, including by fibers that are going to be started. */
  readonly work: number;
  /** H: mean delay in ms until it is used. */
  readonly delayMs: number;
  /** Q: W plus what the fiber already holds, which counts until it ends. */
  readonly outstanding: number;
}

/**
 * Predicts from a snapshot what fibers at each of its nodes are still going to need, by the same algorithm as the running
 * program. A difference of two snapshots predicts from what happened in between. Resources that no node uses are left out.
 *
 * @throws ArgumentError if it is not a snapshot.
 */
export function predictRemaining(snapshot: Snapshot): Remaining {
  checkSnapshot(snapshot);
  const { nodes } = snapshot;
  const flow = flowOf(snapshot);
  const resources = usesOf(snapshot, flow);
  const ends = whoseEndWasSeen(nodes, flow);
  const prediction = new Prediction();
  const settled = prediction.compute(
    flow.map((node, n) => (ends.has(n) ? node : endless(node))),
    resources.map(({ use }) => use),
    Infinity,
    IN_ONE_CALL,
  );
  const predicted = nodes.map((node, n) => ({
    node,
    timeMs: ends.has(n) ? prediction.remaining[n]! : null,
    blockedMs: ends.has(n) ? prediction.blocked[n]! : null,
    demands: ends.has(n)
      ? resources.map(({ resource, scale }, r): RemainingDemand => {
          const demand = prediction.demands[r]!;
          return {
            resource,
            work: demand.work[n]! * scale,
            delayMs: demand.delay(n),
            outstanding: demand.outstanding[n]! * scale,
          };
        })
      : [],
  }));
  return { nodes: predicted, settled };
}

interface NamedUse {
  readonly resource: RemainingDemand['resource'];
  readonly use: Use;
  /** The surviving part of what is allocated. */
  readonly scale: number;
}

function usesOf({ nodes, scheduling }: Snapshot, flow: readonly FlowNode[]): NamedUse[] {
  const named = (
    resource: NamedUse['resource'],
    kind: Use['kind'],
    amount: (node: number) => number,
    scale: number = 1,
  ): NamedUse => ({ resource, use: { kind, amount, variance: () => 0 }, scale });
  const all = [
    named('cpu', 'rate', (n) => flow[n]!.cpuMs),
    named('memory', 'stock', (n) => nodes[n]!.allocated?.heapBytes ?? 0, scheduling?.memory?.survival),
    named('external memory', 'stock', (n) => nodes[n]!.allocated?.externalBytes ?? 0),
    named('descriptors', 'stock', (n) => {
      const { departures } = flow[n]!;
      return departures === 0 ? 0 : nodes[n]!.descriptors / departures;
    }),
    ...(scheduling?.resources ?? []).map(({ name, holdMs }) =>
      named(name, 'rate', (n) => (nodes[n]!.pool === name ? holdMs : 0)),
    ),
  ];
  return all.filter(({ use }) => nodes.some((_, n) => use.amount(n) !== 0));
}

/** Nodes from which an end can be reached: for loops that never end there is nothing to predict. */
function whoseEndWasSeen(nodes: readonly NodeSnapshot[], flow: readonly FlowNode[]): Set<number> {
  const cameFrom = nodes.map((): number[] => []);
  flow.forEach(({ edges }, from) => edges.forEach(({ to }) => cameFrom[to]!.push(from)));
  const seen = new Set(nodes.flatMap(({ label }, n) => (label === 'exit' ? [n] : [])));
  // A set may grow while it is walked over.
  for (const n of seen) for (const from of cameFrom[n]!) seen.add(from);
  return seen;
}

/** For a node from which no end was seen: damped, so that the nodes which lead both here and to an end stay finite. */
function endless(node: FlowNode): FlowNode {
  return { ...node, edges: node.edges.map(({ to, p }) => ({ to, p: p * MOST_AGAIN })) };
}

/** The live prediction continues from tick to tick and may stop early. This one may take a second for each four resources. */
const IN_ONE_CALL: Effort = { leastSweeps: 50, mostSweeps: 1000, mostVisits: 1_000_000, tolerance: 1e-9 };

import { checkSnapshot } from './check-snapshot.js';
import { converge } from './converge.js';
import { MOST_AGAIN, Prediction, type FlowNode, type Use } from './prediction.js';
import { flowOf } from './snapshot-flow.js';
import type { NodeSnapshot, Snapshot } from './snapshot.js';

/** What the fibers of a snapshot are still going to do. */
export interface Remaining {
  readonly nodes: readonly NodeRemaining[];
  /** False where the graph is so large, and goes in circles so often, that it was given up while the numbers still grew. */
  readonly settled: boolean;
}

/** What fibers at a node are still going to do, on average, as the flows of a snapshot tell. */
export interface NodeRemaining {
  readonly node: NodeSnapshot;
  /** T: time to the end in ms, without queueing for the processor or a pool; null where nobody was seen to end. */
  readonly timeMs: number | null;
  /** Of that, waiting. */
  readonly blockedMs: number | null;
  /** Empty where nobody was seen to end. */
  readonly demands: readonly RemainingDemand[];
}

/** Of processor time in ms; of memory in bytes × ms; of descriptors in descriptors × ms. */
export interface RemainingDemand {
  readonly resource: 'cpu' | 'memory' | 'external memory' | 'descriptors';
  /** W: what is still going to be used or taken, with what fibers need that are going to be started. */
  readonly work: number;
  /** H: mean delay in ms until that is used. */
  readonly delayMs: number;
  /** Q: the same with what the fiber holds already, which counts until it ends. */
  readonly outstanding: number;
}

/**
 * Predicts from a snapshot what fibers at each of its nodes are still going to need, by the same code as the running
 * program does it. A difference of two snapshots predicts from what happened in between. Resources that no node takes
 * are left out.
 */
export function predictRemaining(snapshot: Snapshot): Remaining {
  checkSnapshot(snapshot);
  const { nodes } = snapshot;
  const flow = flowOf(snapshot);
  const resources = usesOf(snapshot, flow);
  const ends = whoseEndWasSeen(nodes, flow);
  const prediction = new Prediction();
  let settled = true;
  // The live graph's goes on from tick to tick and may stop a sweep early; this one has to be right at once.
  prediction.compute(
    flow.map((node, n) => (ends.has(n) ? node : endless(node))),
    resources.map(({ use }) => use),
    Infinity,
    (sweep, values) => void (settled = converge(sweep, values) && settled),
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
  /** Of what is allocated, what survives. */
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
  ];
  return all.filter(({ use }) => nodes.some((_, n) => use.amount(n) !== 0));
}

/** Nodes from which an end can be reached: of loops that go on for ever there is nothing to predict. */
function whoseEndWasSeen(nodes: readonly NodeSnapshot[], flow: readonly FlowNode[]): Set<number> {
  const cameFrom = nodes.map((): number[] => []);
  flow.forEach(({ edges }, from) => edges.forEach(({ to }) => cameFrom[to]!.push(from)));
  const seen = new Set(nodes.flatMap(({ label }, n) => (label === 'exit' ? [n] : [])));
  // A set may grow while it is walked over.
  for (const n of seen) for (const from of cameFrom[n]!) seen.add(from);
  return seen;
}

/** Who comes here never ends, as far as was seen; what leads here as well as to an end still has a number. */
function endless(node: FlowNode): FlowNode {
  return { ...node, edges: node.edges.map(({ to, p }) => ({ to, p: p * MOST_AGAIN })) };
}

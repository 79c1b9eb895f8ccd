import type { BlockingPoint } from '../fibers/recorder.js';
import type { Edge, GraphNode, SpawnLink } from './graph-node.js';
import type { GraphRecorder } from './graph-recorder.js';
import type { Flow, FlowNode } from './flow-node.js';

/**
 * The part of the blocking graph that admitted work runs through, as flows over the last second or so: how often fibers go
 * from node to node, and what that costs on average. The recorder counts from the start of the program; here the
 * differences between ticks go into decaying sums.
 */
export class FlowGraph {
  /** In the order of discovery. */
  readonly nodes: LiveNode[] = [];
  private readonly recorder: GraphRecorder;
  private readonly byNode: Map<GraphNode, LiveNode> = new Map();

  constructor(recorder: GraphRecorder) {
    this.recorder = recorder;
  }

  /**
   * The index of the node at which fibers of `kind` start, each of which asks for admission; it is followed from now on. Null
   * if none has started yet.
   */
  startOf(kind: string): number | null {
    const node = this.recorder.startOf(kind);
    if (node === null) return null;
    const start = this.follow(node);
    start.isEntrance = true;
    return start.index;
  }

  /** The index of a node; null if it is not followed. */
  indexOf(node: BlockingPoint): number | null {
    return this.byNode.get(node as GraphNode)?.index ?? null;
  }

  /** Adds what happened since the last tick; times only if `timed`. Earlier sums are first multiplied by `decay`. */
  tick(decay: number, timed: boolean = true): void {
    // The list may grow meanwhile, by newly reached nodes.
    for (let i = 0; i < this.nodes.length; i++) this.nodes[i]!.tick(decay, timed, this.follow);
  }

  /** Counts the fibers at each node, into `standing` or, if that is too short, a new array; returns the one used. */
  countStanding(standing: Float64Array): Float64Array {
    const { nodes } = this;
    const counts = standing.length < nodes.length ? new Float64Array(nodes.length * 2) : standing.fill(0);
    for (let n = 0; n < nodes.length; n++) {
      const { node, edges } = nodes[n]!;
      counts[n]! += node.starts;
      for (let e = 0; e < node.edges.length; e++) {
        const edge = node.edges[e]!;
        counts[n]! -= edge.count;
        // Edges that are new since the last tick have no flow yet.
        const to = e < edges.length ? edges[e]!.to : this.byNode.get(edge.to)?.index;
        if (to !== undefined) counts[to]! += edge.count;
      }
    }
    for (let n = 0; n < nodes.length; n++) if (nodes[n]!.isExit || counts[n]! < 0) counts[n] = 0;
    return counts;
  }

  private readonly follow = (node: GraphNode): LiveNode => {
    let live = this.byNode.get(node);
    if (live === undefined) {
      live = new LiveNode(node, this.nodes.length);
      this.byNode.set(node, live);
      this.nodes.push(live);
    }
    return live;
  };
}

/** A node with its flows, as decaying sums. */
export class LiveNode implements FlowNode {
  readonly node: GraphNode;
  readonly index: number;
  readonly isExit: boolean;
  /** Fibers that start here ask for admission. */
  isEntrance: boolean = false;
  cpuMs: number = 0;
  waitMs: number = 0;
  departures: number = 0;
  /** Descriptors opened less those closed in a run from here, on average. */
  descriptors: number = 0;
  readonly edges: LiveFlow[] = [];
  readonly spawns: LiveFlow[] = [];
  private readonly ran: Rate = new Rate();
  private readonly waited: Rate = new Rate();
  private readonly took: Rate = new Rate();

  constructor(node: GraphNode, index: number) {
    this.node = node;
    this.index = index;
    this.isExit = node.label.kind === 'exit';
  }

  /** Processor time of recent runs from here, decayed. */
  get ranMs(): number {
    return this.ran.amount;
  }

  tick(decay: number, timed: boolean, follow: (node: GraphNode) => LiveNode): void {
    const { node } = this;
    // Where nobody goes any more the last shares are kept: the smallest numbers there are would all become the same.
    const fading = this.departures > FAINT ? decay : 1;
    this.departures = tickFlows(this.edges, node.edges, fading, follow);
    tickFlows(this.spawns, node.spawns, fading, follow);
    for (const flow of this.edges) flow.p = this.departures > 0 ? flow.weight / this.departures : 0;
    // What asks for itself is no part of what it was started from: middleware is not as dear as the handlers behind it.
    const isOwn = ({ target }: LiveFlow): boolean => !target.isEntrance || target.node.chain.root === node.chain.root;
    for (const flow of this.spawns) flow.p = this.departures > 0 && isOwn(flow) ? flow.weight / this.departures : 0;
    if (timed) this.cpuMs = this.ran.tick(node.ranMs, node.runs, decay) ?? this.cpuMs;
    else this.ran.skip(node.ranMs, node.runs);
    const queues = node.pool !== null && !node.pool.servesWhileWaiting;
    if (queues) this.waitMs = 0;
    else if (timed) this.waitMs = this.waited.tick(node.waitedMs, node.waits, decay) ?? this.waitMs;
    else this.waited.skip(node.waitedMs, node.waits);
    const left = node.edges.reduce((sum, edge) => sum + edge.count, 0);
    this.descriptors = this.took.tick(node.descriptors, left, decay) ?? this.descriptors;
  }
}

class LiveFlow implements Flow {
  readonly target: LiveNode;
  readonly to: number;
  p: number = 0;
  weight: number = 0;
  private seen: number = 0;

  constructor(target: LiveNode) {
    this.target = target;
    this.to = target.index;
  }

  tick(count: number, decay: number): number {
    this.weight = this.weight * decay + (count - this.seen);
    this.seen = count;
    return this.weight;
  }
}

/** Decaying mean of an amount per occurrence, from running totals. */
class Rate {
  amount: number = 0;
  private times: number = 0;
  private seenAmount: number = 0;
  private seenTimes: number = 0;

  /** Returns the mean; null if there is too little data, and the caller keeps its last one. */
  tick(amount: number, times: number, decay: number): number | null {
    this.amount = this.amount * decay + (amount - this.seenAmount);
    this.times = this.times * decay + (times - this.seenTimes);
    this.seenAmount = amount;
    this.seenTimes = times;
    return this.times > 0.01 ? this.amount / this.times : null;
  }

  /** Ignores what happened since the last tick. */
  skip(amount: number, times: number): void {
    this.seenAmount = amount;
    this.seenTimes = times;
  }
}

/** Departures so long ago that a single new one counts a million times as much. */
const FAINT = 1e-6;

function tickFlows(
  flows: LiveFlow[],
  edges: readonly (Edge | SpawnLink)[],
  decay: number,
  follow: (node: GraphNode) => LiveNode,
): number {
  let sum = 0;
  for (let i = 0; i < edges.length; i++) {
    const edge = edges[i]!;
    const flow = (flows[i] ??= new LiveFlow(follow(edge.to)));
    sum += flow.tick(edge.count, decay);
  }
  return sum;
}

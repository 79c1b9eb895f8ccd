import { Ewma } from '../base/ewma.js';
import { FRACTION } from '../base/fraction.js';
import { Histogram } from '../base/histogram.js';
import { Spread } from '../base/spread.js';
import type { Label } from '../fibers/label.js';
import type { Pool } from '../fibers/pool.js';
import type { ReadyList } from '../fibers/ready-list.js';
import type { BlockingPoint } from '../fibers/recorder.js';
import type { ChainNode } from './call-chain.js';

/**
 * A blocking point: a chain of calls and the label of what is waited for. The number of fibers here is not kept: it is
 * arrivals less departures, and both are counted on the edges.
 */
export class GraphNode implements BlockingPoint {
  readonly id: string;
  readonly label: Label;
  readonly chain: ChainNode;
  readonly ready: ReadyList;
  /** Fibers that started here (spawn nodes only). */
  starts: number = 0;
  readonly edges: Edge[] = [];
  /** The edge last taken from here, which most suspensions take again. */
  lastEdge: Edge | null = null;
  /** Fibers started while running from here, by their start node. */
  readonly spawns: SpawnLink[] = [];
  /** The pool that is waited for here, if it is one; see `BlockingPoint`. */
  pool: Pool | null = null;
  /** Descriptors opened, less those closed, by fibers while they were here or ran from here. */
  descriptors: number = 0;
  /** Sampled runs: their processor time in ms, and how many. */
  sampledMs: number = FRACTION;
  sampledRuns: number = 0;
  /** Bytes that runs from here allocated on V8's heap and outside of it, over the runs sampled for allocation. */
  readonly heapBytes: Spread = new Spread();
  readonly externalBytes: Spread = new Spread();
  private waitTimes: Histogram | null = null;

  constructor(id: string, label: Label, chain: ChainNode, ready: ReadyList) {
    this.id = id;
    this.label = label;
    this.chain = chain;
    this.ready = ready;
  }

  /** Completed waits, in microseconds; null before the first. */
  get waited(): Histogram | null {
    return this.waitTimes;
  }

  recordWait(ms: number): void {
    this.waitTimes ??= new Histogram();
    this.waitTimes.record(ms * 1000);
  }

  /** Total of all completed waits, in ms, and how many. */
  get waitedMs(): number {
    return this.waitTimes === null ? 0 : this.waitTimes.sum / 1000;
  }

  get waits(): number {
    return this.waitTimes === null ? 0 : this.waitTimes.count;
  }

  /** Runs from here, in ms, and how many: all of them if the run queue keeps a list for each node, else the sampled ones. */
  get ranMs(): number {
    return this.ready.runs > 0 ? this.ready.ranMs : this.sampledMs;
  }

  get runs(): number {
    return this.ready.runs > 0 ? this.ready.runs : this.sampledRuns;
  }
}

/** Fibers of one kind that were started while running from a node. */
export class SpawnLink {
  readonly to: GraphNode;
  count: number = 0;

  constructor(to: GraphNode) {
    this.to = to;
  }
}

/** Two consecutive blocking points of one fiber. */
export class Edge {
  readonly to: GraphNode;
  /** The key by which the node that has this edge looks it up; of an edge with many keys, the latest. */
  label: Label;
  chain: ChainNode;
  count: number = 0;
  /** Processor time between its two ends, in ms, over sampled runs. */
  readonly run: Ewma = new Ewma();

  constructor(to: GraphNode, label: Label, chain: ChainNode) {
    this.to = to;
    this.label = label;
    this.chain = chain;
  }
}

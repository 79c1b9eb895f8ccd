import { Ewma } from '../base/ewma.js';
import { Histogram } from '../base/histogram.js';
import type { Label } from '../fibers/label.js';
import type { ReadyList } from '../fibers/ready-list.js';
import type { BlockingPoint } from '../fibers/recorder.js';
import type { ChainNode } from './call-chain.js';

/**
 * A blocking point: a chain of calls and the label of what is waited for. How many fibers stand here need not be
 * counted: it is what came in less what went out, and both are counted on the edges.
 */
export class GraphNode implements BlockingPoint {
  readonly id: string;
  readonly label: Label;
  readonly chain: ChainNode;
  readonly ready: ReadyList;
  /** Fibers that started here (spawn nodes only). */
  starts: number = 0;
  readonly edges: Edge[] = [];
  /** The edge last taken from here: most suspensions take it again. */
  lastEdge: Edge | null = null;
  private waits: Histogram | null = null;

  constructor(id: string, label: Label, chain: ChainNode, ready: ReadyList) {
    this.id = id;
    this.label = label;
    this.chain = chain;
    this.ready = ready;
  }

  /** Waits that are over, in microseconds; null before the first. */
  get waited(): Histogram | null {
    return this.waits;
  }

  recordWait(ms: number): void {
    this.waits ??= new Histogram();
    this.waits.record(ms * 1000);
  }
}

/** Two consecutive blocking points of one fiber. */
export class Edge {
  readonly to: GraphNode;
  /** What led here from the node that has it: looked up by these. */
  readonly label: Label;
  readonly chain: ChainNode;
  count: number = 0;
  /** Processor time from one end to the other, in ms, from sampled runs. */
  readonly run: Ewma = new Ewma();

  constructor(to: GraphNode, label: Label, chain: ChainNode) {
    this.to = to;
    this.label = label;
    this.chain = chain;
  }
}

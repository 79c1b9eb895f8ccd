import type { ChainNode } from '../blocking-graph/call-chain.js';
import type { FlowGraph } from '../blocking-graph/flow-graph.js';
import type { Prediction } from '../blocking-graph/prediction.js';
import type { Fiber } from '../fibers/fiber.js';
import type { BlockingPoint } from '../fibers/recorder.js';
import type { Heap } from './machine.js';
import { MemoryModel } from './memory-model.js';
import type { ResourceAccount } from './resource-account.js';

/**
 * How much of V8's heap is alive, who holds it, and what is still going to be taken. The graph says what fibers at each node
 * hold on average; where single runs were measured, their deviation from it is added. All in bytes.
 */
export class MemoryOutlook {
  readonly model: MemoryModel;
  private readonly graph: FlowGraph;
  private readonly heap: Heap;
  private readonly resource: ResourceAccount;
  private readonly prediction: Prediction;
  /** The index of the resource. */
  private readonly number: number;
  /** Fibers with a measured run that allocated much. */
  private readonly measured: Map<Fiber, Measured> = new Map();
  /** By what fibers start with: the most that one was measured to have taken in its life, fading. */
  private readonly most: Map<ChainNode, number> = new Map();
  private standing: Float64Array = new Float64Array(0);
  private majors: number = 0;
  /** The state at the last major collection. */
  private anchorStanding: Float64Array = new Float64Array(0);
  private anchorDeviation: number = 0;
  private predictions: number = 0;

  constructor(graph: FlowGraph, heap: Heap, resource: ResourceAccount, prediction: Prediction, number: number) {
    this.graph = graph;
    this.heap = heap;
    this.resource = resource;
    this.prediction = prediction;
    this.number = number;
    this.model = new MemoryModel(heap.liveAfterMajor);
  }

  /** Bytes alive, as far as is known. */
  get live(): number {
    return this.model.live(this.resource.used / this.resource.scale);
  }

  /** Whether `bytes` more stay below `share` of the heap's limit. */
  fits(bytes: number, share: number): boolean {
    return this.live + bytes <= share * this.heap.limit;
  }

  /** The most that a fiber that runs from `node` is still going to take, plus so many standard deviations. */
  peakAt(node: number, deviations: number): number {
    const demand = this.prediction.demands[this.number];
    if (demand === undefined || node >= demand.peak.length) return 0;
    return (demand.peak[node]! + deviations * Math.sqrt(demand.spread[node]!)) * this.resource.scale;
  }

  /** What fibers that hold memory are still going to take. */
  pending(): number {
    const demand = this.prediction.demands[this.number];
    if (demand === undefined) return 0;
    let sum = 0;
    for (let n = 0; n < Math.min(this.graph.nodes.length, demand.held.length); n++)
      if (demand.held[n]! > 0) sum += this.standing[n]! * demand.peak[n]!;
    return sum * this.resource.scale;
  }

  /** What a fiber at `node` holds on average. */
  heldAt(node: number): number {
    return (this.prediction.demands[this.number]?.held[node] ?? 0) * this.resource.scale;
  }

  /** What this fiber is thought to hold. */
  heldBy(fiber: Fiber): number {
    const node = fiber.node === null ? null : this.graph.indexOf(fiber.node);
    return node === null ? 0 : this.heldAt(node) + this.beyondMean(fiber, node) * this.resource.scale;
  }

  /** What this fiber was measured to have taken. */
  measuredOf(fiber: Fiber): number {
    return (this.measured.get(fiber)?.bytes ?? 0) * this.resource.scale;
  }

  /** The most that a fiber of the same start as those at `node` was measured to have taken by its end; Infinity if none was. */
  mostTaken(node: number): number {
    return (this.most.get(this.graph.nodes[node]!.node.chain.root) ?? Infinity) * this.resource.scale;
  }

  /** A run of `fiber` from `node` was measured to have allocated `bytes`. */
  allocated(fiber: Fiber, node: BlockingPoint, bytes: number): void {
    const index = this.graph.indexOf(node);
    if (index === null) return;
    const deviation = bytes - this.resource.amount(index);
    if (Math.max(bytes, Math.abs(deviation)) < WORTH_KEEPING * this.heap.limit) return;
    const measured = this.measured.get(fiber);
    if (measured === undefined) this.measured.set(fiber, { bytes, deviation });
    else {
      measured.bytes += bytes;
      measured.deviation += deviation;
    }
  }

  /** What live fibers have allocated beyond the means of the nodes where they stand. */
  beyondMeans(): number {
    let sum = 0;
    for (const fiber of this.measured.keys()) {
      const node = fiber.node === null ? null : this.graph.indexOf(fiber.node);
      if (fiber.hasEnded) this.ended(fiber, node);
      else if (node !== null) sum += this.beyondMean(fiber, node);
    }
    return sum;
  }

  /** @param node where it stood last. */
  private ended(fiber: Fiber, node: number | null): void {
    const bytes = this.measured.get(fiber)!.bytes;
    this.measured.delete(fiber);
    // One that was cancelled may have been going to take more.
    if (node === null || fiber.cancellation !== null) return;
    const { root } = this.graph.nodes[node]!.node.chain;
    this.most.set(root, Math.max(bytes, FADING * (this.most.get(root) ?? 0)));
  }

  /**
   * Its runs took more or less than usual for the nodes they began at. And it holds at least what was measured, even where the
   * graph takes two places for one, so that fibers there hold little on average.
   */
  private beyondMean(fiber: Fiber, node: number): number {
    const measured = this.measured.get(fiber);
    if (measured === undefined) return 0;
    const mean = this.prediction.demands[this.number]?.held[node] ?? 0;
    return Math.max(measured.bytes - mean, measured.deviation);
  }

  /**
   * Takes in what live fibers have allocated, and where they stand; after a major collection compares that with what is alive.
   */
  calibrate(allocated: number, standing: Float64Array): void {
    const { heap } = this;
    this.standing = standing;
    if (heap.majors === this.majors) return;
    this.majors = heap.majors;
    this.anchorStanding = standing.slice();
    this.anchorDeviation = this.beyondMeans();
    this.model.anchor(allocated, heap.liveAfterMajor);
    if (this.predictions > UNKNOWN) this.model.learn(allocated, heap.liveAfterMajor);
  }

  /** There is a new prediction: estimates anew by it what was held at the last major collection. */
  predicted(): void {
    this.predictions++;
    const { held } = this.prediction.demands[this.number]!;
    let allocated = this.anchorDeviation;
    for (let n = 0; n < this.anchorStanding.length && n < held.length; n++)
      allocated += this.anchorStanding[n]! * held[n]!;
    this.model.anchor(allocated, this.heap.liveAfterMajor);
  }
}

/** In bytes: the sum of what was measured, and by how much that was more than usual. */
interface Measured {
  bytes: number;
  deviation: number;
}

/** Predictions after which it is known what fibers hold. */
const UNKNOWN = 5;
/** What is kept of the most that one has taken with each that ends. */
const FADING = 0.99;
/** Of the heap's limit: for smaller amounts the means are good enough. */
const WORTH_KEEPING = 0.002;

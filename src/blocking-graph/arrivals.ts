import type { FlowNode } from './flow-node.js';

/** Where the fibers that come to each node come from: the edges of a graph backwards, with their shares of the arrivals. */
export class Arrivals {
  /** By node: where in the other two its arrivals begin; one more for the end. */
  starts: Int32Array = new Int32Array(1);
  from: Int32Array = new Int32Array(0);
  share: Float64Array = new Float64Array(0);

  find(nodes: readonly FlowNode[]): void {
    const size = nodes.length;
    if (this.starts.length <= size) this.starts = new Int32Array(2 * size + 1);
    const starts = this.starts.fill(0);
    for (let n = 0; n < size; n++) for (const { to } of nodes[n]!.edges) starts[to]!++;
    for (let n = 0; n < size; n++) starts[n + 1]! += starts[n]!;
    if (this.from.length < starts[size]!) this.allocate(2 * starts[size]!);
    const { from, share } = this;
    // Filled from the ends to the beginnings.
    for (let n = size - 1; n >= 0; n--) {
      const { edges, departures } = nodes[n]!;
      for (const { to, p } of edges) {
        const i = --starts[to]!;
        from[i] = n;
        share[i] = departures * p;
      }
    }
    for (let n = 0; n < size; n++) this.divide(starts[n]!, starts[n + 1]!);
  }

  private divide(begin: number, end: number): void {
    const { share } = this;
    let sum = 0;
    for (let i = begin; i < end; i++) sum += share[i]!;
    if (sum > 0) for (let i = begin; i < end; i++) share[i]! /= sum;
  }

  private allocate(size: number): void {
    this.from = new Int32Array(size);
    this.share = new Float64Array(size);
  }
}

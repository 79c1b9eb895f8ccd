import type { Demand } from './demand.js';
import type { FlowNode } from './flow-node.js';
import type { Recurrence } from './solver.js';
import type { Times } from './times.js';
import type { Use } from './use.js';

/**
 * D of a stock, the expected peak still to be taken, and its variance. Letters as in `Prediction`. Of a loop at one node each
 * prediction adds one turn: the sum of all of them would change by much whenever a few fibers more or less have left the loop.
 */
export class Peak implements Recurrence {
  readonly forward: boolean = false;
  readonly values: readonly Float64Array[];
  private readonly nodes: readonly FlowNode[];
  private readonly use: Use;
  private readonly times: Times;
  private readonly peak: Float64Array;
  private readonly spread: Float64Array;

  constructor(nodes: readonly FlowNode[], use: Use, times: Times, { peak, spread }: Demand) {
    this.nodes = nodes;
    this.use = use;
    this.times = times;
    this.peak = peak;
    this.spread = spread;
    this.values = [peak, spread];
  }

  update(n: number): void {
    const { times, use, peak, spread } = this;
    const amount = times.loops.taken(n, use);
    let mean = 0;
    let square = 0;
    for (const { to, p } of this.nodes[n]!.edges) {
      const kept = times.kept(n, to);
      const most = Math.max(0, amount + kept * peak[to]!);
      mean += p * most;
      square += p * (most * most + (most > 0 ? kept * kept * spread[to]! : 0));
    }
    peak[n] = mean;
    spread[n] = Math.max(0, square - mean * mean) + (mean > 0 ? use.variance(n) : 0);
  }
}

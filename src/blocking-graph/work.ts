import type { Demand } from './demand.js';
import type { FlowNode } from './flow-node.js';
import type { Recurrence } from './solver.js';
import { MOST_AGAIN, type Times } from './times.js';
import type { Use } from './use.js';

/** W and U of a resource: the demand still to come, and the same weighted by when. Letters as in `Prediction`. */
export class Work implements Recurrence {
  readonly forward: boolean = false;
  readonly values: readonly Float64Array[];
  private readonly nodes: readonly FlowNode[];
  private readonly use: Use;
  private readonly times: Times;
  private readonly work: Float64Array;
  private readonly when: Float64Array;

  constructor(nodes: readonly FlowNode[], use: Use, times: Times, { work, when }: Demand) {
    this.nodes = nodes;
    this.use = use;
    this.times = times;
    this.work = work;
    this.when = when;
    this.values = [work, when];
  }

  update(n: number): void {
    const { nodes, times, work, when } = this;
    const stock = this.use.kind === 'stock';
    const farthest = stock ? Infinity : times.horizon.ms;
    const { cpuMs, edges, spawns } = nodes[n]!;
    const amount = times.loops.taken(n, this.use);
    let w = stock ? 0 : amount;
    let u = stock ? 0 : (amount * amount) / 2;
    let again = 0;
    let againMs = 0;
    for (const { to, p } of edges) {
      const { waitMs } = nodes[to]!;
      const horizon = times.horizonAt(to);
      if (stock && amount !== 0) {
        const rest = waitMs + times.restAt(to);
        w += p * amount * horizon.heldLater(rest);
        u += p * amount * horizon.heldWeighted(rest);
      }
      const delayMs = (horizon.isFinite ? waitMs : Math.min(waitMs, farthest)) + cpuMs;
      if (to === n) {
        again = Math.min(p, MOST_AGAIN);
        againMs = delayMs;
        continue;
      }
      const workThere = horizon.later(delayMs) * work[to]!;
      w += p * workThere;
      u += p * horizon.soon(delayMs) * (when[to]! + delayMs * workThere);
    }
    for (const { to, p } of spawns) {
      const horizon = times.horizonAt(to);
      const workThere = horizon.later(cpuMs) * work[to]!;
      w += p * workThere;
      u += p * horizon.soon(cpuMs) * (when[to]! + cpuMs * workThere);
    }
    if (again > 0) {
      const horizon = times.horizonAt(n);
      const later = horizon.later(againMs);
      const soon = again * horizon.soon(againMs);
      w /= 1 - again * later;
      u = (u + soon * againMs * later * w) / (1 - soon);
    }
    work[n] = w;
    when[n] = u;
  }
}

import type { Arrivals } from './arrivals.js';
import type { Demand } from './demand.js';
import type { Recurrence } from './solver.js';
import { MOST_AGAIN, type Times } from './times.js';
import type { Use } from './use.js';

/** What fibers that come to a node hold of a stock: the mean of what they bring along, by how many come each way. */
export class Held implements Recurrence {
  readonly forward: boolean = true;
  readonly values: readonly Float64Array[];
  private readonly arrivals: Arrivals;
  private readonly use: Use;
  private readonly times: Times;
  private readonly held: Float64Array;

  constructor(arrivals: Arrivals, use: Use, times: Times, { held }: Demand) {
    this.arrivals = arrivals;
    this.use = use;
    this.times = times;
    this.held = held;
    this.values = [held];
  }

  update(n: number): void {
    const { times, use, held } = this;
    const { starts, from, share } = this.arrivals;
    let mean = 0;
    let again = 0;
    for (let i = starts[n]!; i < starts[n + 1]!; i++) {
      const before = from[i]!;
      const part = share[i]! * times.kept(before, n);
      if (before === n) again = Math.min(part, MOST_AGAIN);
      else mean += part * Math.max(0, held[before]! + times.loops.taken(before, use));
    }
    if (again > 0) {
      const taken = times.loops.taken(n, use);
      // Those of another turn bring something along unless it gives back more than they held.
      const turned = (mean + again * taken) / (1 - again);
      if (turned + taken > 0) mean = turned;
    }
    held[n] = mean;
  }
}

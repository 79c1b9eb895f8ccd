import { Arrivals } from './arrivals.js';
import { Components } from './components.js';
import { Demand } from './demand.js';
import type { FlowNode } from './flow-node.js';
import { Held } from './held.js';
import { Peak } from './peak.js';
import { Solver, type Effort } from './solver.js';
import { Times } from './times.js';
import type { Use } from './use.js';
import { Work } from './work.js';

/**
 * Predicts what fibers at each node of a blocking graph are still going to use, and when: a backward pass over the graph,
 * and a forward pass for what they hold. Numbers in, numbers out: the same code serves the live graph and snapshot files.
 *
 * A *rate* is consumed: processor time, slot time of a pool. A *stock* is taken and held until it is given back or the
 * fiber ends: memory, descriptors. Times are in ms, so demand for a rate is in ms (of a processor, of a slot) and
 * demand for a stock in units × ms. The recurrences, with c the processor time from node n to the next, p the probability
 * that the next is b, w(b) the mean wait at b, u and m what running from n uses of a rate and takes of a stock:
 *
 *     T(n) = c + Σ p (w(b) + T(b))                                   time to the end, without queueing for the processor
 *     W(n) = u + Σ p W(b)                                            rate still to be used
 *     U(n) = u²/2 + Σ p (U(b) + (w(b) + c) W(b))                     the same, weighted by when
 *     W(n) = Σ p (m R + W(b)),  R = w(b) + T(b)                      stock × time still to be taken
 *     U(n) = Σ p (m R²/2 + U(b) + (w(b) + c) W(b))
 *     D(n) = Σ p max(0, m + D(b))                                    peak still to be taken
 *     H(n) = U / W                                                   mean delay until the demand falls due
 *
 * Of a rate, only what falls due within a horizon h counts. Where fibers wait for longer than h, both w(b) in U and what is
 * outstanding for the fibers at b are scaled by h / w(b). Little's law holds for this part as it does for the whole; of
 * fibers that wait for half a minute, one in sixty is due within half a second. How many fibers wait for so long changes
 * slowly, and the rate at which they begin to is known too imprecisely to balance all of their demand against it.
 *
 * Fibers that stream, poll or listen loop for hours, and their total demand says nothing about the next half second. So where
 * no end was seen (`EndlessLoops`), or none has been in sight for long, later demand is discounted as if each wait ended at
 * random: one more wait multiplies it by d(h) = 1 / (1 + (w(b) + c) / h). With V(h) for W discounted by h, and W standing for
 * V(k h),
 *
 *     U = (V(kh) - V(h)) / (1/h - 1/kh)      so that     U(n) = u²/2 + Σ p d(h) (U(b) + (w(b) + c) d(kh) W(b))
 *
 * What is used *steadily*, at a constant rate from now on, is r = (V(kh) - V(h)) / (kh - h), and the rest is Q = V(h) - h r.
 * Little's law holds for Q as for the whole: in a steady state Σ Q over live fibers is U times the rate of arrivals.
 *
 * A fiber started from n adds the demand of its first node to n's. A node's edge to itself is solved in closed form. Values
 * on longer cycles are approximated (`Solver`), over several calls, each of which starts from the last one's values.
 */
export class Prediction {
  /** Indexed by resource. */
  readonly demands: Demand[] = [];
  private readonly components: Components = new Components();
  private readonly arrivals: Arrivals = new Arrivals();
  private readonly times: Times = new Times();
  private readonly solver: Solver = new Solver();

  /** T: time to the end, in ms. */
  get remaining(): Float64Array {
    return this.times.remaining;
  }

  /** The part of it spent blocked. */
  get blocked(): Float64Array {
    return this.times.blocked;
  }

  /**
   * Computes everything anew from `nodes` and `uses`, starting from the last values.
   *
   * @param horizonMs h: the shortest latency goal of all entries, or Infinity to count all future demand.
   * @returns whether it took no more than `effort`.
   */
  compute(
    nodes: readonly FlowNode[],
    uses: readonly Use[],
    horizonMs: number = Infinity,
    effort: Effort = ONE_TICK,
  ): boolean {
    const { components, arrivals, times, demands, solver } = this;
    components.find(nodes);
    arrivals.find(nodes);
    times.begin(nodes, components, horizonMs);
    let settled = solver.solve(times, components, effort);
    times.end();
    while (demands.length < uses.length) demands.push(new Demand());
    for (let r = 0; r < uses.length; r++) {
      const use = uses[r]!;
      const demand = demands[r]!;
      demand.grow(nodes.length);
      if (!solver.solve(new Work(nodes, use, times, demand), components, effort)) settled = false;
      if (use.kind === 'stock') {
        if (!solver.solve(new Peak(nodes, use, times, demand), components, effort)) settled = false;
        if (!solver.solve(new Held(arrivals, use, times, demand), components, effort)) settled = false;
      }
      for (let n = 0; n < nodes.length; n++) demand.sumUp(n, nodes[n]!.waitMs, use, times);
    }
    return settled;
  }
}

/**
 * The next tick continues where this one ends. In a graph of thousands of nodes on cycles, as from names made up at run time,
 * they are swept once, or ticks would take half of the processor.
 */
const ONE_TICK: Effort = { leastSweeps: 1, mostSweeps: 15, mostVisits: 5000, tolerance: 1e-4 };

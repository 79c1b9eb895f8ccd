import { grown } from '../base/grown.js';
import { bound } from './bound.js';
import { converge } from './converge.js';
import { Demand } from './demand.js';
import { EndlessLoops } from './endless-loops.js';
import { Horizon } from './horizon.js';

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
 * A fiber started from n adds the demand of its first node to n's. A node's edge to itself is solved in closed form, since
 * a loop of a hundred turns would otherwise take hundreds of sweeps; for longer cycles the series of sweeps is extrapolated
 * (`converge`), over several calls, each of which starts from the last one's values.
 */
export class Prediction {
  /** T: time to the end, in ms. */
  remaining: Float64Array = EMPTY;
  /** The part of it spent blocked. */
  blocked: Float64Array = EMPTY;
  /** Indexed by resource. */
  readonly demands: Demand[] = [];
  /** For how many predictions in a row T has exceeded the far horizon, k h; `LONG` where only endless loops are ahead. */
  private endlessFor: Float64Array = EMPTY;
  private readonly loops: EndlessLoops = new EndlessLoops();

  /**
   * Computes everything anew from `nodes` and `resources`, starting from the last values. `repeat` says how often each
   * recurrence is swept.
   *
   * @param horizonMs h: the shortest latency goal of all entries, or Infinity to count all future demand.
   */
  compute(
    nodes: readonly FlowNode[],
    resources: readonly Use[],
    horizonMs: number = Infinity,
    repeat: Repeat = someTimes(nodes.length),
  ): void {
    this.remaining = grown(this.remaining, nodes.length);
    this.blocked = grown(this.blocked, nodes.length);
    while (this.demands.length < resources.length) this.demands.push(new Demand());
    const horizon = new Horizon(horizonMs);
    if (horizon.isFinite) this.loops.find(nodes);
    repeat(() => this.sweepTimes(nodes, horizon), [this.remaining, this.blocked]);
    this.findEndless(nodes.length, horizon);
    resources.forEach((use, r) => {
      const demand = this.demands[r]!;
      demand.grow(nodes.length);
      repeat(() => this.sweepDemand(nodes, use, demand, horizon), [demand.work, demand.when]);
      if (use.kind === 'stock') repeat(() => this.sweepHeld(nodes, use, demand, horizon), [demand.held]);
      for (let n = 0; n < nodes.length; n++) this.sumUp(n, nodes[n]!.waitMs, use, demand, horizon);
    });
  }

  private findEndless(nodes: number, { farMs }: Horizon): void {
    const endlessFor = (this.endlessFor = grown(this.endlessFor, nodes));
    for (let n = 0; n < nodes; n++)
      endlessFor[n] = this.loops.areAhead(n) ? LONG : this.remaining[n]! > farMs ? endlessFor[n]! + 1 : 0;
  }

  /** What a run from `n` takes. What a turn of an endless loop takes of a stock it is assumed to give back. */
  private taken(n: number, use: Use): number {
    return use.kind === 'stock' && this.loops.include(n) ? 0 : use.amount(n);
  }

  /** For how long what a fiber at `n` holds is going to be held, once it has been there. */
  private restAt(n: number): number {
    return this.loops.areAhead(n) ? Infinity : this.remaining[n]!;
  }

  /** The horizon that discounts the future demand of fibers that come to `n`. */
  private horizonAt(n: number, horizon: Horizon): Horizon {
    return this.endlessFor[n]! < LONG ? Horizon.NONE : horizon;
  }

  /** Sets Q and r of a fiber at `n`, which on average has half of its wait behind it. */
  private sumUp(n: number, waitMs: number, use: Use, demand: Demand, widest: Horizon): void {
    const horizon = this.horizonAt(n, widest);
    const work = demand.work[n]!;
    const held = demand.held[n]!;
    const rest = waitMs / 2 + this.restAt(n);
    const due = horizon.isFinite || use.kind === 'stock' ? horizon.soon(waitMs) : near(waitMs, widest.ms);
    const soon = due * horizon.soonOf(work, demand.when[n]!) + held * horizon.heldSoon(rest);
    const later = horizon.later(waitMs) * work + held * horizon.heldLater(rest);
    const steady = (demand.steady[n] = horizon.steady(soon, later));
    demand.outstanding[n] = Math.max(0, steady > 0 ? soon - horizon.ms * steady : soon);
  }

  private sweepTimes(nodes: readonly FlowNode[], { farMs }: Horizon): void {
    const { remaining, blocked, loops } = this;
    for (let n = nodes.length - 1; n >= 0; n--) {
      if (loops.areAhead(n)) {
        // Beyond what can be foreseen.
        remaining[n] = blocked[n] = farMs;
        continue;
      }
      const { cpuMs, edges } = nodes[n]!;
      let time = cpuMs;
      let blockedTime = 0;
      let again = 0;
      for (const { to, p } of edges) {
        const wait = nodes[to]!.waitMs;
        if (to === n) again = p;
        time += p * (wait + (to === n ? 0 : remaining[to]!));
        blockedTime += p * (wait + (to === n ? 0 : blocked[to]!));
      }
      const turns = 1 / (1 - Math.min(again, MOST_AGAIN));
      remaining[n] = time * turns;
      blocked[n] = blockedTime * turns;
    }
  }

  private sweepDemand(nodes: readonly FlowNode[], use: Use, demand: Demand, widest: Horizon): void {
    const { work, when } = demand;
    const stock = use.kind === 'stock';
    const farthest = stock ? Infinity : widest.ms;
    for (let n = nodes.length - 1; n >= 0; n--) {
      const { cpuMs, edges, spawns } = nodes[n]!;
      const amount = this.taken(n, use);
      let w = stock ? 0 : amount;
      let u = stock ? 0 : (amount * amount) / 2;
      let again = 0;
      for (const { to, p } of edges) {
        const { waitMs } = nodes[to]!;
        const horizon = this.horizonAt(to, widest);
        if (stock && amount !== 0) {
          const rest = waitMs + this.restAt(to);
          w += p * amount * horizon.heldLater(rest);
          u += p * amount * horizon.heldWeighted(rest);
        }
        if (to === n) {
          again = Math.min(p, MOST_AGAIN);
          continue;
        }
        const delayMs = (horizon.isFinite ? waitMs : Math.min(waitMs, farthest)) + cpuMs;
        const workThere = horizon.later(delayMs) * work[to]!;
        w += p * workThere;
        u += p * horizon.soon(delayMs) * (when[to]! + delayMs * workThere);
      }
      for (const { to, p } of spawns) {
        const horizon = this.horizonAt(to, widest);
        const workThere = horizon.later(cpuMs) * work[to]!;
        w += p * workThere;
        u += p * horizon.soon(cpuMs) * (when[to]! + cpuMs * workThere);
      }
      if (again > 0) {
        const { waitMs } = nodes[n]!;
        const horizon = this.horizonAt(n, widest);
        const delayMs = (horizon.isFinite ? waitMs : Math.min(waitMs, farthest)) + cpuMs;
        const later = horizon.later(delayMs);
        const soon = again * horizon.soon(delayMs);
        w /= 1 - again * later;
        u = (u + soon * delayMs * later * w) / (1 - soon);
      }
      work[n] = w;
      when[n] = u;
      if (stock) this.sweepPeak(n, nodes, use, demand, widest);
    }
  }

  /**
   * The part of a stock that still counts after going from `n` to `to`. What endless loops take has to decay, or they would be
   * predicted to hold everything. For memory it is in the model's base by then.
   */
  private kept(n: number, to: number, nodes: readonly FlowNode[], widest: Horizon): number {
    return to > n ? 1 : this.horizonAt(to, widest).later(nodes[to]!.waitMs + nodes[n]!.cpuMs);
  }

  private sweepPeak(n: number, nodes: readonly FlowNode[], use: Use, { peak, spread }: Demand, widest: Horizon): void {
    const amount = this.taken(n, use);
    let mean = 0;
    let square = 0;
    for (const { to, p } of nodes[n]!.edges) {
      const kept = this.kept(n, to, nodes, widest);
      const most = Math.max(0, amount + kept * peak[to]!);
      mean += p * most;
      square += p * (most * most + (most > 0 ? kept * kept * spread[to]! : 0));
    }
    peak[n] = mean;
    spread[n] = Math.max(0, square - mean * mean) + (mean > 0 ? use.variance(n) : 0);
  }

  /** At each node the mean of what fibers bring along from its predecessors, weighted by how many came from each. */
  private sweepHeld(nodes: readonly FlowNode[], use: Use, { held }: Demand, widest: Horizon): void {
    const sum = new Float64Array(nodes.length);
    const weight = new Float64Array(nodes.length);
    const flow = (n: number, isAhead: boolean): void => {
      const { edges, departures } = nodes[n]!;
      const after = Math.max(0, held[n]! + this.taken(n, use));
      for (const { to, p } of edges) {
        if (to > n !== isAhead) continue;
        sum[to]! += departures * p * after * this.kept(n, to, nodes, widest);
        weight[to]! += departures * p;
      }
    };
    // Back edges carry the last sweep's values; forward edges carry new ones, so an acyclic graph takes one sweep.
    for (let n = 0; n < nodes.length; n++) flow(n, false);
    for (let n = 0; n < nodes.length; n++) {
      const mean = weight[n]! > 0 ? sum[n]! / weight[n]! : 0;
      held[n] = mean;
      flow(n, true);
    }
  }
}

/** Calls `sweep`, which updates `values`, until they are close enough. */
export type Repeat = (sweep: () => void, values: readonly Float64Array[]) => void;

/**
 * Sweeps until next to nothing changes, but only a few times: the next tick continues from there. In a graph of thousands of
 * nodes, as from names made up at run time, it sweeps once, or ticks would take half of the processor.
 */
function someTimes(size: number): Repeat {
  const most = Math.min(MOST_SWEEPS, Math.max(1, MOST_VISITS / size));
  return (sweep, values) => {
    if (most < 2) sweep();
    else converge(sweep, values, most, TOLERANCE);
    bound(values);
  };
}

/** The input for one node, as means over a recent span of time. */
export interface FlowNode {
  /** Processor time from here to the next wait, in ms. */
  readonly cpuMs: number;
  /** Time blocked here, without queueing for the processor, in ms. */
  readonly waitMs: number;
  /** Where fibers go from here, with probabilities. */
  readonly edges: readonly Flow[];
  /** Fibers started while running from here: by their first node, how many for each departure. */
  readonly spawns: readonly Flow[];
  /** How often fibers left here; only the ratio to other nodes matters. */
  readonly departures: number;
}

export interface Flow {
  /** Index of the node. */
  readonly to: number;
  readonly p: number;
}

/** A resource: how much of it a run from each node uses or takes (negative: gives back). */
export interface Use {
  readonly kind: 'rate' | 'stock';
  amount(node: number): number;
  /** The variance of that amount between runs. */
  variance(node: number): number;
}

/** The part of the fibers with this mean wait that will go on within the horizon. */
function near(waitMs: number, horizonMs: number): number {
  return waitMs > horizonMs ? horizonMs / waitMs : 1;
}

const EMPTY = new Float64Array(0);
const TOLERANCE = 1e-4;
const MOST_SWEEPS = 15;
/** Node visits, over the sweeps of one recurrence in a tick: half a millisecond. */
const MOST_VISITS = 5000;
/** Predictions in a row with T beyond the far horizon until a node counts as endless; before, its demand counts in full. */
const LONG = 50;
/** The most probability of another turn: of a snapshot, a loop that was never seen to end counts as one of 10,000 turns. */
export const MOST_AGAIN = 0.9999;

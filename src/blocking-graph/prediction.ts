import { grown } from '../base/grown.js';
import { Demand } from './demand.js';
import { Horizon } from './horizon.js';

/**
 * What fibers at each node of a blocking graph are still going to use, and when: one backward pass over the graph, and
 * one forward pass for what they hold. Numbers in, numbers out: the same for the live graph and for a file.
 *
 * A *rate* is used up and gone: processor time, slot time of a pool. A *stock* is taken and held until it is given back
 * or the fiber ends: memory, descriptors. Times are in ms, so a rate is in ms (of a processor, of a slot) and the
 * demand for a stock in units × ms. The recurrences, with c the processor time from a node n to the next, p the
 * probability of a next node b, w its mean wait, u and m what running from n uses of a rate and takes of a stock:
 *
 *     T(n) = c + Σ p (w(b) + T(b))                                   time to the end, not queueing for the processor
 *     W(n) = u + Σ p W(b)                                            rate still to be used
 *     U(n) = u²/2 + Σ p (U(b) + (w(b) + c) W(b))                     the same, weighted by when
 *     W(n) = Σ p (m R + W(b)),  R = w(b) + T(b)                      stock × time still to be taken
 *     U(n) = Σ p (m R²/2 + U(b) + (w(b) + c) W(b))
 *     D(n) = Σ p max(0, m + D(b))                                    peak still to be taken
 *     H(n) = U / W                                                   mean delay until the demand falls due
 *
 * Of a rate, only what comes due within a horizon h counts: where fibers wait for longer, both the w(b) of U and what is
 * outstanding of those that stand there are taken for h / w of what they are. Little's law holds for these parts as it does
 * for the whole, and fibers that come back after half a minute are no more than a sixtieth of what is due within half a
 * second. Their number changes slowly, and how many begin now is known too badly to be set against all of it.
 *
 * Fibers that stream, poll or listen go round for hours, and what they are going to use or take in all says nothing about the
 * next half second. So once no end has come in sight for long, what falls due later counts for less, as it would if each wait
 * ended at random: after one more wait for d = 1 / (1 + (w(b) + c) / h) of itself. With V for W that is discounted by h, and W
 * itself by k h,
 *
 *     U = (V(kh) - V(h)) / (1/h - 1/kh)      so that     U(n) = u²/2 + Σ p d(h) (U(b) + (w(b) + c) d(kh) W(b))
 *
 * What is used *steadily*, as much in each ms from now on, is r = (V(kh) - V(h)) / (kh - h), and what is left is Q = V(h) - h r.
 * Little's law holds for Q as for the whole: in a steady state Σ Q over live fibers is U times the rate of arrivals.
 *
 * A fiber that is started at n adds the demand of its first node to n's. Each node's edge to itself is solved in closed
 * form, since a loop with a hundred turns would else need hundreds of sweeps; longer cycles converge over some passes,
 * each of which begins where the last one ended.
 */
export class Prediction {
  /** Time to the end, in ms. */
  remaining: Float64Array = EMPTY;
  /** Of that, blocked. */
  blocked: Float64Array = EMPTY;
  /** By number of the resource. */
  readonly demands: Demand[] = [];
  /** For how many predictions in a row the end has been farther away than later ends. */
  private endlessFor: Float64Array = EMPTY;

  /**
   * Grows to `nodes` and `resources`, and sweeps each of the recurrences as often as `repeat` does.
   *
   * @param horizonMs h; the goal of those who wait for a resource, or Infinity for all that is to come.
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
    repeat(() => this.sweepTimes(nodes), [this.remaining, this.blocked]);
    const horizon = new Horizon(horizonMs);
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
    for (let n = 0; n < nodes; n++) endlessFor[n] = this.remaining[n]! > farMs ? endlessFor[n]! + 1 : 0;
  }

  /** By which to discount what fibers that come to `n` will need. */
  private horizonAt(n: number, horizon: Horizon): Horizon {
    return this.endlessFor[n]! < LONG ? Horizon.NONE : horizon;
  }

  /** Q and r of a fiber that stands at `n`. */
  private sumUp(n: number, waitMs: number, use: Use, demand: Demand, widest: Horizon): void {
    const horizon = this.horizonAt(n, widest);
    const work = demand.work[n]!;
    const held = demand.held[n]!;
    const rest = waitMs / 2 + this.remaining[n]!;
    const due = horizon.isFinite || use.kind === 'stock' ? horizon.soon(waitMs) : near(waitMs, widest.ms);
    const soon = due * horizon.soonOf(work, demand.when[n]!) + held * horizon.heldSoon(rest);
    const later = horizon.later(waitMs) * work + held * horizon.heldLater(rest);
    const steady = (demand.steady[n] = horizon.steady(soon, later));
    demand.outstanding[n] = Math.max(0, steady > 0 ? soon - horizon.ms * steady : soon);
  }

  private sweepTimes(nodes: readonly FlowNode[]): number {
    const { remaining, blocked } = this;
    let change = 0;
    for (let n = nodes.length - 1; n >= 0; n--) {
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
      change = Math.max(change, difference(remaining[n]!, time * turns));
      remaining[n] = time * turns;
      blocked[n] = blockedTime * turns;
    }
    return change;
  }

  private sweepDemand(nodes: readonly FlowNode[], use: Use, demand: Demand, widest: Horizon): number {
    const { remaining } = this;
    const { work, when } = demand;
    const stock = use.kind === 'stock';
    const farthest = stock ? Infinity : widest.ms;
    let change = 0;
    for (let n = nodes.length - 1; n >= 0; n--) {
      const { cpuMs, edges, spawns } = nodes[n]!;
      const amount = use.amount(n);
      let w = stock ? 0 : amount;
      let u = stock ? 0 : (amount * amount) / 2;
      let again = 0;
      for (const { to, p } of edges) {
        const { waitMs } = nodes[to]!;
        const horizon = this.horizonAt(to, widest);
        if (stock && amount !== 0) {
          const rest = waitMs + remaining[to]!;
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
      change = Math.max(change, difference(work[n]!, w));
      work[n] = w;
      when[n] = u;
      if (stock) this.sweepPeak(n, nodes, use, demand, widest);
    }
    return change;
  }

  /** What loops without an end in sight have taken is forgotten in time, or they would hold all there is. It is in the base then. */
  private kept(n: number, to: number, nodes: readonly FlowNode[], widest: Horizon): number {
    return to > n ? 1 : this.horizonAt(to, widest).later(nodes[to]!.waitMs + nodes[n]!.cpuMs);
  }

  private sweepPeak(n: number, nodes: readonly FlowNode[], use: Use, { peak, spread }: Demand, widest: Horizon): void {
    const amount = use.amount(n);
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

  /** Mixed at each node from where fibers came, by how many came. */
  private sweepHeld(nodes: readonly FlowNode[], use: Use, { held }: Demand, widest: Horizon): number {
    const sum = new Float64Array(nodes.length);
    const weight = new Float64Array(nodes.length);
    const flow = (n: number, isAhead: boolean): void => {
      const { edges, departures } = nodes[n]!;
      const after = Math.max(0, held[n]! + use.amount(n));
      for (const { to, p } of edges) {
        if (to > n !== isAhead) continue;
        sum[to]! += departures * p * after * this.kept(n, to, nodes, widest);
        weight[to]! += departures * p;
      }
    };
    // What goes back is as the last sweep left it; what goes ahead is new already, so that one sweep does for a line.
    for (let n = 0; n < nodes.length; n++) flow(n, false);
    let change = 0;
    for (let n = 0; n < nodes.length; n++) {
      const mean = weight[n]! > 0 ? sum[n]! / weight[n]! : 0;
      change = Math.max(change, difference(held[n]!, mean));
      held[n] = mean;
      flow(n, true);
    }
    return change;
  }
}

/** Calls `sweep`, which changes `values` and returns by how much at most, in relation, until they are near enough. */
export type Repeat = (sweep: () => number, values: readonly Float64Array[]) => void;

/**
 * Until nothing changes by more than 0.5 %, but a few times at most: the next tick goes on from there. In a graph of
 * thousands of nodes, which are names that a program makes up, once, or the ticks would take half of the processor.
 */
function someTimes(size: number): Repeat {
  const most = Math.min(MOST_SWEEPS, Math.max(1, MOST_VISITS / size));
  return (sweep) => {
    for (let i = 0; i < most; i++) if (sweep() < TOLERANCE) return;
  };
}

/** What one node contributes, as means over a recent span. */
export interface FlowNode {
  /** Running from here to the next wait, in ms. */
  readonly cpuMs: number;
  /** Blocked here, without queueing for the processor, in ms. */
  readonly waitMs: number;
  /** Where fibers go from here, with probabilities. */
  readonly edges: readonly Flow[];
  /** Fibers started while running from here: how many of each kind at a time, by their first node. */
  readonly spawns: readonly Flow[];
  /** How often fibers left here; only its relation to other nodes' matters. */
  readonly departures: number;
}

export interface Flow {
  /** Number of the node. */
  readonly to: number;
  readonly p: number;
}

/** A resource, by what running from each node uses or takes of it (negative: gives back). */
export interface Use {
  readonly kind: 'rate' | 'stock';
  amount(node: number): number;
  /** Variance of that; 0 where it is always the same. */
  variance(node: number): number;
}

function difference(before: number, after: number): number {
  return Math.abs(after - before) / Math.max(Math.abs(after), 1e-9);
}

/** Which part of those that wait for so long will have gone on within the horizon. */
function near(waitMs: number, horizonMs: number): number {
  return waitMs > horizonMs ? horizonMs / waitMs : 1;
}

const EMPTY = new Float64Array(0);
const TOLERANCE = 0.005;
const MOST_SWEEPS = 15;
/** Of nodes, by the sweeps of one recurrence in a tick: half a millisecond. */
const MOST_VISITS = 5000;
/** Predictions: for so long work that has not been seen to end is taken to need very much. */
const LONG = 50;
/** A loop that was never seen to end is taken for one of so many turns. */
export const MOST_AGAIN = 0.9999;

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
    resources.forEach((use, r) => {
      const demand = this.demands[r]!;
      demand.grow(nodes.length);
      repeat(() => this.sweepDemand(nodes, use, demand, horizonMs), [demand.work, demand.when]);
      if (use.kind === 'stock') repeat(() => sweepHeld(nodes, use, demand), [demand.held]);
      for (let n = 0; n < nodes.length; n++) {
        const { waitMs } = nodes[n]!;
        const work = demand.work[n]!;
        const due =
          use.kind === 'stock'
            ? work + demand.held[n]! * (waitMs / 2 + this.remaining[n]!)
            : work * near(waitMs, horizonMs);
        demand.outstanding[n] = Math.max(0, due);
      }
    });
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

  private sweepDemand(nodes: readonly FlowNode[], use: Use, demand: Demand, horizonMs: number): number {
    const { remaining } = this;
    const { work, when, peak, spread } = demand;
    const stock = use.kind === 'stock';
    const farthest = stock ? Infinity : horizonMs;
    let change = 0;
    for (let n = nodes.length - 1; n >= 0; n--) {
      const { cpuMs, edges, spawns } = nodes[n]!;
      const amount = use.amount(n);
      let w = stock ? 0 : amount;
      let u = stock ? 0 : (amount * amount) / 2;
      let again = 0;
      for (const { to, p } of edges) {
        const wait = nodes[to]!.waitMs;
        const rest = wait + remaining[to]!;
        if (stock) {
          w += p * amount * rest;
          u += (p * amount * rest * rest) / 2;
        }
        if (to === n) again = p;
        else {
          w += p * work[to]!;
          u += p * (when[to]! + (Math.min(wait, farthest) + cpuMs) * work[to]!);
        }
      }
      for (const { to, p } of spawns) {
        w += p * work[to]!;
        u += p * (when[to]! + cpuMs * work[to]!);
      }
      const turns = 1 / (1 - Math.min(again, MOST_AGAIN));
      w *= turns;
      u = (u + again * (Math.min(nodes[n]!.waitMs, farthest) + cpuMs) * w) * turns;
      change = Math.max(change, difference(work[n]!, w));
      work[n] = w;
      when[n] = u;
      if (stock) sweepPeak(n, nodes, use, peak, spread);
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

/** Of one resource, by number of the node. */
export class Demand {
  /** W. */
  work: Float64Array = EMPTY;
  /** U. */
  when: Float64Array = EMPTY;
  /** D, and its variance. */
  peak: Float64Array = EMPTY;
  spread: Float64Array = EMPTY;
  /** What a fiber holds that stands here. */
  held: Float64Array = EMPTY;
  /** Q: what counts as outstanding for a fiber that stands here, with what it holds. Never negative. */
  outstanding: Float64Array = EMPTY;

  grow(size: number): void {
    this.work = grown(this.work, size);
    this.when = grown(this.when, size);
    this.peak = grown(this.peak, size);
    this.spread = grown(this.spread, size);
    this.held = grown(this.held, size);
    this.outstanding = grown(this.outstanding, size);
  }

  /** H: mean delay in ms until the demand of a fiber at `node` falls due. */
  delay(node: number): number {
    const work = this.work[node]!;
    return work > 0 ? Math.max(0, this.when[node]! / work) : 0;
  }
}

function sweepPeak(n: number, nodes: readonly FlowNode[], use: Use, peak: Float64Array, spread: Float64Array): void {
  const amount = use.amount(n);
  let mean = 0;
  let square = 0;
  for (const { to, p } of nodes[n]!.edges) {
    const most = Math.max(0, amount + peak[to]!);
    mean += p * most;
    square += p * (most * most + (most > 0 ? spread[to]! : 0));
  }
  peak[n] = mean;
  spread[n] = Math.max(0, square - mean * mean) + (mean > 0 ? use.variance(n) : 0);
}

/** Mixed at each node from where fibers came, by how many came. */
function sweepHeld(nodes: readonly FlowNode[], use: Use, { held }: Demand): number {
  const sum = new Float64Array(nodes.length);
  const weight = new Float64Array(nodes.length);
  const flow = (n: number, isAhead: boolean): void => {
    const { edges, departures } = nodes[n]!;
    const after = Math.max(0, held[n]! + use.amount(n));
    for (const { to, p } of edges) {
      if (to > n !== isAhead) continue;
      sum[to]! += departures * p * after;
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

/** Which part of those that wait for so long will have gone on within the horizon. */
function near(waitMs: number, horizonMs: number): number {
  return waitMs > horizonMs ? horizonMs / waitMs : 1;
}

function grown(array: Float64Array, size: number): Float64Array {
  if (array.length >= size) return array;
  const larger = new Float64Array(Math.max(size, 2 * array.length));
  larger.set(array);
  return larger;
}

function difference(before: number, after: number): number {
  return Math.abs(after - before) / Math.max(Math.abs(after), 1e-9);
}

const EMPTY = new Float64Array(0);
const TOLERANCE = 0.005;
const MOST_SWEEPS = 15;
/** Of nodes, by the sweeps of one recurrence in a tick: half a millisecond. */
const MOST_VISITS = 5000;
/** A loop that was never seen to end is taken for one of so many turns. */
export const MOST_AGAIN = 0.9999;

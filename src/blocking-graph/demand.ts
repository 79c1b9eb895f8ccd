import { grown } from '../base/grown.js';
import type { Times } from './times.js';
import type { Use } from './use.js';

/** The predicted demand for one resource, indexed by node. Letters are those of `Prediction`. */
export class Demand {
  /** W: demand still to come. */
  work: Float64Array = EMPTY;
  /** U: the same, weighted by when. */
  when: Float64Array = EMPTY;
  /** D: the expected peak of a stock still to be taken, and its variance. */
  peak: Float64Array = EMPTY;
  spread: Float64Array = EMPTY;
  /** What a fiber at the node already holds. */
  held: Float64Array = EMPTY;
  /** Q: what counts as outstanding for a fiber at the node, including what it holds. Never negative. */
  outstanding: Float64Array = EMPTY;
  /** r: how much of the resource a fiber at the node uses or holds steadily, with no end in sight. Never negative. */
  steady: Float64Array = EMPTY;

  grow(size: number): void {
    this.work = grown(this.work, size);
    this.when = grown(this.when, size);
    this.peak = grown(this.peak, size);
    this.spread = grown(this.spread, size);
    this.held = grown(this.held, size);
    this.outstanding = grown(this.outstanding, size);
    this.steady = grown(this.steady, size);
  }

  /** Sets Q and r of a fiber at `n`, which on average has half of its wait behind it. */
  sumUp(n: number, waitMs: number, { kind }: Use, times: Times): void {
    const horizon = times.horizonAt(n);
    const work = this.work[n]!;
    const held = this.held[n]!;
    const rest = waitMs / 2 + times.restAt(n);
    const due = horizon.isFinite || kind === 'stock' ? horizon.soon(waitMs) : near(waitMs, times.horizon.ms);
    const soon = due * horizon.soonOf(work, this.when[n]!) + held * horizon.heldSoon(rest);
    const later = horizon.later(waitMs) * work + held * horizon.heldLater(rest);
    const steady = (this.steady[n] = horizon.steady(soon, later));
    this.outstanding[n] = Math.max(0, steady > 0 ? soon - horizon.ms * steady : soon);
  }

  /** H: the mean delay in ms until the demand of a fiber at `node` falls due. */
  delay(node: number): number {
    const work = this.work[node]!;
    return work > 0 ? Math.max(0, this.when[node]! / work) : 0;
  }
}

/** The part of the fibers with this mean wait that will go on within the horizon. */
function near(waitMs: number, horizonMs: number): number {
  return waitMs > horizonMs ? horizonMs / waitMs : 1;
}

const EMPTY = new Float64Array(0);

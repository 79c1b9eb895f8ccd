/** k. Above the class, which makes one as it is loaded. */
const FAR = 10;

/**
 * How much of what comes later counts for who decides now: after a delay t 1 / (1 + t / h), as if each wait ended at random, and
 * less and less of what is held on and on. Where "soon" ends at h, "later" ends ten times as far away, so that what goes on
 * steadily can be told from what does not. Without a horizon, at Infinity, everything counts.
 */
export class Horizon {
  static readonly NONE: Horizon = new Horizon(Infinity);
  /** h, and k h, in ms. */
  readonly ms: number;
  readonly farMs: number;
  /** A field, since it is asked for each edge in each sweep. */
  readonly isFinite: boolean;

  constructor(ms: number) {
    this.ms = ms;
    this.farMs = FAR * ms;
    this.isFinite = ms < Infinity;
  }

  /** What something counts for that comes after so long, soon and later. */
  soon(delayMs: number): number {
    return 1 / (1 + delayMs / this.ms);
  }

  later(delayMs: number): number {
    return 1 / (1 + delayMs / this.farMs);
  }

  /** The time for which something counts that is held for so long from now on. */
  heldSoon(ms: number): number {
    return within(ms, this.ms);
  }

  heldLater(ms: number): number {
    return within(ms, this.farMs);
  }

  /** What is used or held in each ms, if it is as much at any time: of it so much counts soon, and so much later. */
  steady(soon: number, later: number): number {
    return this.isFinite ? Math.max(0, (later - soon) / (this.farMs - this.ms)) : 0;
  }

  /** What counts soon, from what counts later and that weighted by when. */
  soonOf(later: number, weighted: number): number {
    return later - weighted * (1 / this.ms - 1 / this.farMs);
  }

  /** The time for which something is held from now on, weighted by when: without a horizon ms² / 2. */
  heldWeighted(ms: number): number {
    if (!this.isFinite) return (ms * ms) / 2;
    return (this.heldLater(ms) - this.heldSoon(ms)) / (1 / this.ms - 1 / this.farMs);
  }
}

function within(ms: number, horizonMs: number): number {
  return horizonMs < Infinity ? -horizonMs * Math.expm1(-ms / horizonMs) : ms;
}

/** k. Declared above the class, whose static initialiser uses it. */
const FAR = 10;

/**
 * How future demand is discounted for a decision made now. Demand after a delay t counts 1 / (1 + t / h), as if each wait
 * ended at random; what is held counts less the longer it is held. There are two horizons, "soon" at h and "later" at
 * k h: comparing the two tells steady use from use that ends. With h = Infinity everything counts in full.
 */
export class Horizon {
  static readonly NONE: Horizon = new Horizon(Infinity);
  /** h, and k h, in ms. */
  readonly ms: number;
  readonly farMs: number;
  /** A field, since it is read for each edge in each sweep. */
  readonly isFinite: boolean;

  constructor(ms: number) {
    this.ms = ms;
    this.farMs = FAR * ms;
    this.isFinite = ms < Infinity;
  }

  /** The weight of something that comes after `delayMs`, by the near and by the far horizon. */
  soon(delayMs: number): number {
    return 1 / (1 + delayMs / this.ms);
  }

  later(delayMs: number): number {
    return 1 / (1 + delayMs / this.farMs);
  }

  /** The discounted time of something held for `ms` from now on, by the near and by the far horizon. */
  heldSoon(ms: number): number {
    return within(ms, this.ms);
  }

  heldLater(ms: number): number {
    return within(ms, this.farMs);
  }

  /** The constant rate of use (or amount held) that would account for the difference between the two sums. */
  steady(soon: number, later: number): number {
    return this.isFinite ? Math.max(0, (later - soon) / (this.farMs - this.ms)) : 0;
  }

  /** The near-horizon sum, from the far-horizon sum and the same weighted by when. */
  soonOf(later: number, weighted: number): number {
    return later - weighted * (1 / this.ms - 1 / this.farMs);
  }

  /** The discounted time for which something is held from now on, weighted by when: without a horizon ms² / 2. */
  heldWeighted(ms: number): number {
    if (!this.isFinite) return (ms * ms) / 2;
    return (this.heldLater(ms) - this.heldSoon(ms)) / (1 / this.ms - 1 / this.farMs);
  }
}

function within(ms: number, horizonMs: number): number {
  return horizonMs < Infinity ? -horizonMs * Math.expm1(-ms / horizonMs) : ms;
}

/** A share of the processor's time that may be spent on something, and no more: a token bucket in ms. */
export class CpuBudget {
  /** Of one processor. */
  share: number;
  private readonly most: number;
  private tokens: number;
  private at: number;

  /** @param most ms that can be saved up */
  constructor(share: number, most: number, now: number) {
    this.share = share;
    this.most = this.tokens = most;
    this.at = now;
  }

  /** Spends `ms` if there is that much. */
  spend(ms: number, now: number): boolean {
    if (this.refill(now) < ms) return false;
    this.tokens -= ms;
    return true;
  }

  /** Spends `ms` if there is anything left, on credit if need be: otherwise nothing expensive would ever be allowed. */
  borrow(ms: number, now: number): boolean {
    if (this.refill(now) <= 0) return false;
    this.tokens -= ms;
    return true;
  }

  private refill(now: number): number {
    this.tokens = Math.min(this.most, this.tokens + Math.max(now - this.at, 0) * this.share);
    this.at = now;
    return this.tokens;
  }
}

/** Which share of the time that work is under way is not spent ready or held back: that waiting is caused by other work. */
export class QueueingMeter {
  /** From 0 to 1. */
  blockedShare: number = 1;
  private liveMs: number = 0;
  private readyMs: number = 0;
  private at: number = 0;

  restart(now: number): void {
    this.at = now;
  }

  /** Since the last call `live` fibers were live, and `ready` of them ready or held back. */
  add(live: number, ready: number, now: number): void {
    const elapsed = now - this.at;
    this.at = now;
    this.liveMs += live * elapsed;
    this.readyMs += Math.min(ready, live) * elapsed;
  }

  tick(): void {
    if (this.liveMs > 0) this.blockedShare = 1 - this.readyMs / this.liveMs;
    this.liveMs = this.readyMs = 0;
  }
}

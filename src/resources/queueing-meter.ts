/**
 * How much of the time that work is under way is not spent ready or held back: that waiting is caused by other work. It is summed
 * up, so that for each piece of work all of its own time counts: by the share of the last tick, work that ended while there was a
 * queue seemed to have been in it all along.
 */
export class QueueingMeter {
  private sum: number = 0;
  private at: number = 0;
  /** Of what has been under way since `at`, the share that is blocked. */
  private share: number = 1;

  /** Up to `now`, in ms: a moment counts for as much as the share of the work that is blocked then. */
  blockedMs(now: number): number {
    return this.sum + (now - this.at) * this.share;
  }

  restart(now: number): void {
    this.at = now;
  }

  /** From now on so much work is under way, and so many fibers are ready or held back. */
  set(live: number, ready: number, now: number): void {
    this.sum = this.blockedMs(now);
    this.at = now;
    this.share = live > 0 ? 1 - Math.min(ready, live) / live : 1;
  }
}

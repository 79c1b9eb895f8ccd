/**
 * How much of the processor fibers can have. The rest goes to what runs outside of them, and that is not little: accepting,
 * parsing, sending, and above all collections between runs. V8 scavenges in a task of its own once four fifths of the young
 * generation are used; where what requests build survives, that took a third of the time, and requests that were let in as if
 * all of the processor were theirs came after twice the time foreseen.
 */
export class FiberCapacity {
  /** Decaying sums. */
  private outsideMs: number = 0;
  private elapsedMs: number = 0;
  /** What fibers had run in all at the last tick. */
  private seenMs: number = 0;

  /**
   * Returns the share, 0 to 1.
   *
   * @param elapsedMs since the last tick; 0 if that time says nothing.
   * @param busyShare of it, in which there was something to do.
   * @param ranMs for how long fibers have run since the program began.
   */
  tick(elapsedMs: number, busyShare: number, ranMs: number, decay: number): number {
    this.outsideMs = this.outsideMs * decay + Math.max(0, elapsedMs * busyShare - (ranMs - this.seenMs));
    this.elapsedMs = this.elapsedMs * decay + elapsedMs;
    this.seenMs = ranMs;
    return this.elapsedMs === 0 ? 1 : Math.max(LEAST, 1 - this.outsideMs / this.elapsedMs);
  }
}

/** However busy the process is with other things, what is under way goes on. */
const LEAST = 0.2;

/**
 * Turns of the event loop that are owed to the kernel's queue of connections. Node accepts one in each turn, so in a program
 * whose turns are long what stands in that queue gets older than any goal, and is served for nothing. As long as there is
 * something in it turns come so often that it is turned over in time (`Backlog.turnsPerMs`): with 64 places and a goal of half a
 * second 640 times a second, which costs at most 3 % of the processor.
 */
export class TurnDebt {
  private owed: number = 0;
  private arrivals: number = 0;
  /** What the turn has taken so far, in ms, up to `since`; without the time when there was nothing to do. */
  private tookMs: number = 0;
  /** Infinite while there is nothing to do. */
  private since: number;
  /** Since when there has been nothing to do, or was until a connection came. */
  private restsSince: number = 0;
  /** Since when a connection has come before each call of `turned`, or before the one before it. */
  private standsSince: number;
  /** Calls of `turned` since a connection came. */
  private without: number = 0;

  constructor(now: number) {
    this.since = this.standsSince = now;
  }

  /** A connection has been accepted. */
  arrived(now: number): void {
    this.arrivals++;
    if (this.since < Infinity) return;
    this.since = now;
    if (now > this.restsSince + AT_ONCE_MS) this.standsSince = now;
  }

  /** All work is done: until the next connection comes nothing stands in the queue. */
  rests(now: number): void {
    this.tookMs += Math.max(0, now - this.since);
    this.since = Infinity;
    this.restsSince = now;
  }

  /**
   * A turn is over, and there is work to do. Of turns without work only the connections that came in them count.
   *
   * @param perMs turns that are due in a millisecond.
   * @returns whether the next one is to come before the work.
   */
  turned(perMs: number, now: number): boolean {
    this.rests(now);
    const { arrivals, owed } = this;
    // Turns without work owe nothing: one in which the collector had the processor would call for many more.
    const due = owed >= 1 ? 0 : this.tookMs * perMs;
    this.since = now;
    this.tookMs = this.arrivals = 0;
    if (arrivals === 0) {
      this.owed = 0;
      // One may have been the alarm's, which comes without a poll for events.
      if (++this.without > 1) this.standsSince = now;
      return false;
    }
    this.without = 0;
    this.owed = Math.min(MOST, Math.max(0, owed + due - arrivals));
    return this.owed >= 1;
  }

  /** For how long the queue has not been empty, in ms. */
  standingMs(now: number): number {
    return this.since === Infinity && now > this.restsSince + AT_ONCE_MS ? 0 : now - this.standsSince;
  }
}

/** A connection in the queue is accepted so soon after the work is done, behind the other events of the poll. */
const AT_ONCE_MS = 5;
/** The most that are owed at once: answers have to be sent, too. */
const MOST = 16;

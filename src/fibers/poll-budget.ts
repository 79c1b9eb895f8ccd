import { FRACTION } from '../base/fraction.js';

/**
 * For how long crowds of ready fibers may run between the events of one poll. What is read long before its fiber runs outlives
 * scavenges and leaves the processor's caches: in overload, on kept connections, a request whose work is 200 µs took 370 µs of
 * processor time with one slice in a poll, and 310 with what the governor allows.
 */
export class PollBudget {
  /** When the next slice may run within this poll. */
  private nextAt: number = FRACTION;
  private leftMs: number = FRACTION;

  /** Another poll begins, in which crowds may run for `ms`. */
  renew(ms: number): void {
    this.nextAt = FRACTION;
    this.leftMs = ms;
  }

  allows(now: number): boolean {
    return now >= this.nextAt;
  }

  /**
   * A pass has run for `ms`, until `now`, and left so many `ready`.
   *
   * @param governed each pass lets in more of what waits for admission.
   * @returns whether another pass may follow at once.
   */
  spend(ms: number, now: number, ready: number, governed: boolean): boolean {
    if (!governed) {
      if (ready > 0) this.nextAt = now + ms * WORLDS_SHARE;
      return false;
    }
    this.leftMs -= ms;
    if (this.leftMs <= 0) this.nextAt = Infinity;
    // In virtual time a pass may take none.
    return ready > 0 && ms > 0 && this.leftMs > 0;
  }
}

/**
 * Without a governor, as a share of the time for which a crowd ran: for so long events are taken in. Fewer requests come in it
 * than were answered, or a backlog would never shrink.
 */
const WORLDS_SHARE = 0.25;

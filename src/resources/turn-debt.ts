/**
 * Turns of the outside world that are owed to the kernel's queue of connections. Node accepts one in each turn, so that in
 * a program whose turns are long what stands in that queue is older than any goal, and served for nothing. It is to be
 * turned over within a fifth of the goal, as long as there is something in it: with 64 places and half a second that is
 * 640 turns a second, which cost at most 3 % of the processor.
 */
export class TurnDebt {
  private owed: number = 0;
  private arrivals: number = 0;
  /** Since then nothing has been added. */
  private addedAt: number = 0;

  /** A connection has come. */
  arrived(): void {
    this.arrivals++;
  }

  /** Whether the next turn is to be one without work. */
  isOwed(now: number): boolean {
    if (this.arrivals === 0) {
      this.owed = 0;
      this.addedAt = now;
    }
    this.arrivals = 0;
    if (this.owed < 1) return false;
    this.owed--;
    return true;
  }

  /** Work was done; `perMs` turns are due in a millisecond, also of those in which connections were accepted and read. */
  passed(perMs: number, now: number): void {
    this.owed = Math.min(MOST, Math.max(0, this.owed + (now - this.addedAt) * perMs - 1));
    this.addedAt = now;
  }
}

/** At once: answers have to be sent, too. */
const MOST = 16;

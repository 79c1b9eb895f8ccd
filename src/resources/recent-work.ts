/**
 * How much of the work that began within the last `spanMs` is still under way. Counted by time slots, so that work grows old
 * without a list of it.
 */
export class RecentWork {
  live: number = 0;
  /** The most that there was at once since it was set to `live`. */
  most: number = 0;
  /** How much work was still under way when it had become too old to count. */
  outlived: number = 0;
  /** For how long there was some, before `busySince`. */
  private wasBusyMs: number = 0;
  private busySince: number = 0;
  private readonly slotMs: number;
  /** What is under way of each slot, in a ring. */
  private readonly slots: number[] = Array<number>(SLOTS).fill(0);
  /** Number of the newest slot. */
  private newest: number = -1;

  constructor(spanMs: number) {
    this.slotMs = spanMs / SLOTS;
  }

  /** For how long, in ms, there has been some, since the beginning. */
  busyMs(now: number): number {
    return this.wasBusyMs + (this.live > 0 ? now - this.busySince : 0);
  }

  begin(now: number): void {
    this.advance(now);
    if (this.live === 0) this.busySince = now;
    this.count(now, 1);
    if (this.live > this.most) this.most = this.live;
  }

  /** Work that began at `since` has ended. */
  end(since: number, now: number): void {
    const busyMs = this.busyMs(now);
    this.count(since, -1);
    if (this.live === 0) this.wasBusyMs = busyMs;
  }

  /** It is `now`: work that began too long ago no longer counts. */
  advance(now: number): void {
    const slot = Math.floor(now / this.slotMs);
    const busyMs = this.busyMs(now);
    for (let next = Math.max(this.newest + 1, slot - SLOTS + 1); next <= slot; next++) {
      this.outlived += this.slots[next % SLOTS]!;
      this.live -= this.slots[next % SLOTS]!;
      this.slots[next % SLOTS] = 0;
    }
    if (this.live === 0) this.wasBusyMs = busyMs;
    if (slot > this.newest) this.newest = slot;
  }

  private count(since: number, change: number): void {
    const slot = Math.floor(since / this.slotMs);
    if (slot <= this.newest - SLOTS) return;
    this.slots[slot % SLOTS]! += change;
    this.live += change;
  }
}

const SLOTS = 16;

import type { LatencyNet } from './latency-net.js';

/**
 * How much is let in before anything is known about what it needs. Work that has been under way for long is meant to last and
 * does not count, or a few streams would keep everything else out for as long as they go on.
 */
export class SlowStart {
  static readonly REASON: string = 'slow start';
  private most: number = FIRST;

  /** Some work has ended. */
  finished(): void {
    this.most += PER_DONE;
  }

  /** @param live how much is under way in all entries with these nets, whenever it began. */
  isFull(live: number, entries: Iterable<{ readonly net: LatencyNet }>, now: number): boolean {
    if (live < this.most) return false;
    let recent = 0;
    for (const { net } of entries) recent += net.recentAt(now);
    return recent >= this.most;
  }
}

/** How many at once at first, and how many more for each that has finished. */
const FIRST = 8;
const PER_DONE = 2;

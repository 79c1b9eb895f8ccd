import type { Snapshot } from '../blocking-graph/snapshot.js';
import { subtract } from '../blocking-graph/subtract.js';

/** Snapshots of one program in their order, as many as are needed to say what happened lately. */
export class History {
  private readonly everyMs: number;
  private readonly longestMs: number;
  private readonly kept: Snapshot[] = [];

  /** @param everyMs keeps one in so many ms, and for so long that `last(longestMs)` can be told. */
  constructor(everyMs: number, longestMs: number) {
    this.everyMs = everyMs;
    this.longestMs = longestMs;
  }

  add(snapshot: Snapshot): void {
    const { kept } = this;
    const ageOf = (one: Snapshot): number => snapshot.windowMs - one.windowMs;
    // Started anew, or another file of the same name.
    if (kept.length > 0 && ageOf(kept.at(-1)!) < 0) kept.length = 0;
    if (kept.length === 0 || ageOf(kept.at(-1)!) >= this.everyMs) kept.push(snapshot);
    while (kept.length > 1 && ageOf(kept[1]!) >= this.longestMs) kept.shift();
  }

  /** What happened in the last `ms` before `snapshot`, or as much of it as was seen; all that there is at the first look. */
  last(ms: number, snapshot: Snapshot): Snapshot {
    const before = this.kept.filter((one) => one.windowMs < snapshot.windowMs);
    const earlier = before.findLast((one) => snapshot.windowMs - one.windowMs >= ms) ?? before[0];
    return earlier === undefined ? snapshot : subtract(snapshot, earlier);
  }
}

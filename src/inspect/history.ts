import type { Snapshot } from '../blocking-graph/snapshot.js';
import { subtract } from '../blocking-graph/subtract.js';

/** The latest snapshots of one program, in order: as many as are needed to say what happened lately. */
export class History {
  private readonly everyMs: number;
  private readonly longestMs: number;
  private readonly kept: Snapshot[] = [];

  /**
   * @param everyMs the least time between two snapshots that are kept, in ms
   * @param longestMs the longest time that `last` will be asked about, in ms
   */
  constructor(everyMs: number, longestMs: number) {
    this.everyMs = everyMs;
    this.longestMs = longestMs;
  }

  add(snapshot: Snapshot): void {
    const { kept } = this;
    const ageOf = (one: Snapshot): number => snapshot.windowMs - one.windowMs;
    const before = kept.at(-1);
    // The program was restarted, or another file has the same name.
    if (before !== undefined && (ageOf(before) < 0 || isAnother(before, snapshot))) kept.length = 0;
    if (kept.length === 0 || ageOf(kept.at(-1)!) >= this.everyMs) kept.push(snapshot);
    while (kept.length > 1 && ageOf(kept[1]!) >= this.longestMs) kept.shift();
  }

  /**
   * What happened in the last `ms` before `snapshot`, or since the oldest one that is kept; without an earlier one, all
   * that `snapshot` counts.
   */
  last(ms: number, snapshot: Snapshot): Snapshot {
    const before = this.kept.filter((one) => one.windowMs < snapshot.windowMs);
    const earlier = before.findLast((one) => snapshot.windowMs - one.windowMs >= ms) ?? before[0];
    return earlier === undefined ? snapshot : subtract(snapshot, earlier);
  }
}

function isAnother({ process: a }: Snapshot, { process: b }: Snapshot): boolean {
  return a.pid !== b.pid || a.title !== b.title || a.startedAt !== b.startedAt;
}

import type { LatencyNets } from './latency-nets.js';

/**
 * How much is let in before anything is known about what it needs. Work that has been under way for long is meant to last: it
 * does not count, and as much is known of it as of work that has ended. Otherwise a few streams would keep everything else out
 * for as long as they go on, and where nothing but streams comes, as after a restart, eight would be let in a second.
 */
export class SlowStart {
  static readonly REASON: string = 'slow start';
  /** How much may be under way at first if most of it waits, and so takes nothing but memory for now. */
  private readonly quiet: number;
  private done: number = 0;

  /** @param heapLimit in bytes. */
  constructor(heapLimit: number) {
    this.quiet = Math.min(heapLimit / EACH, MOST_QUIET);
  }

  /** Some work has ended. */
  finished(): void {
    this.done++;
  }

  /**
   * Whether no more of a kind is to begin now. Of a kind of which nothing is under way some more may: nothing is known of it, and
   * nothing would be while all places are taken by another.
   *
   * @param live how much is under way in all entries with these nets, whenever it began. @param ready how many fibers are.
   */
  isFull(
    kind: { readonly live: number },
    live: number,
    ready: number,
    entries: Iterable<{ readonly nets: LatencyNets }>,
    now: number,
  ): boolean {
    let most = FIRST + PER_DONE * this.done;
    if (live < most) return false;
    if (kind.live === 0) most += FIRST;
    let recent = 0;
    for (const { nets } of entries) {
      recent += nets.recentAt(now);
      most += PER_DONE * nets.outlived;
    }
    return recent >= most && (recent >= this.quiet || ready >= FIRST);
  }
}

/** How many at once at first, and how many more for each that has finished or has lasted for long. */
const FIRST = 8;
const PER_DONE = 2;
/**
 * Of what waits, one for so many bytes of the heap, but no more than this: late work, whose cost comes after the wait, would fill
 * the processor for too long. With twice as many, two rows of the overload scenarios lost a fifth in their first seconds.
 */
const EACH = 32 * 2 ** 20;
const MOST_QUIET = 32;

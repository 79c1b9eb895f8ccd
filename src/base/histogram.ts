import { expected } from './check.js';
import { SUB_BUCKETS, type HistogramSnapshot } from './histogram-snapshot.js';

/**
 * How often which duration occurred: a log-linear histogram from 1 µs to 2^40 µs (12.7 days), clamped at both ends.
 *
 * Each octave (from a power of two to the next) is cut into 16 buckets of equal width, which is the layout of
 * HdrHistogram with fewer digits: the index of a bucket is a shift and two additions away from the duration.
 * Buckets are allocated up to the longest duration seen, four octaves at a time, since a node whose waits are short needs a
 * quarter of them. Counts are doubles: 32 bits overflow after an hour of a million samples a second.
 */
export class Histogram {
  count: number = 0;
  /** The sum of all durations as recorded, in µs. */
  sum: number = 0;
  private counts: Float64Array = EMPTY;

  /** Records a duration in µs. A negative one counts as zero, one above the range as its end. */
  record(us: number): void {
    if (us >= 0 && us < 2 ** 31) this.increment(bucketOf(us | 0), us);
    else this.recordExtreme(us);
  }

  toSnapshot(): HistogramSnapshot {
    const buckets: [index: number, count: number][] = [];
    this.counts.forEach((count, index) => {
      if (count > 0) buckets.push([index, count]);
    });
    return { count: this.count, sumMs: this.sum / 1000, buckets };
  }

  private increment(index: number, us: number): void {
    if (index >= this.counts.length) this.grow(index + 1);
    this.counts[index]!++;
    this.count++;
    this.sum += us;
  }

  /** Too long for 32-bit arithmetic, or out of range. */
  private recordExtreme(us: number): void {
    if (Number.isNaN(us)) throw expected('us', 'a number of microseconds', us);
    if (us < 0) this.increment(0, 0);
    else if (us >= LONGEST_US) this.increment(BUCKETS - 1, LONGEST_US);
    else this.increment(bucketOf((us / 2 ** 16) | 0) + 16 * SUB_BUCKETS, us);
  }

  private grow(least: number): void {
    const counts = new Float64Array(Math.ceil(least / STEP) * STEP);
    counts.set(this.counts);
    this.counts = counts;
  }
}

/** The bucket of an integer from 0 to 2^31 - 1. Those below 16 are cut as finely as the octave above them. */
function bucketOf(us: number): number {
  const octave = 27 - Math.clz32(us | SUB_BUCKETS);
  return octave * SUB_BUCKETS + (us >>> octave);
}

const EMPTY = new Float64Array(0);
/** Four octaves. */
const STEP = 4 * SUB_BUCKETS;
const LONGEST_US = 2 ** 40;
const BUCKETS = 37 * SUB_BUCKETS;

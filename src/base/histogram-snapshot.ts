import { expected } from './check.js';

/**
 * A log-linear histogram of durations as plain data. Where a bucket begins and ends follows from its index alone
 * (`bucketBounds`), so histograms of several processes or moments add and subtract bucket by bucket.
 */
export interface HistogramSnapshot {
  readonly count: number;
  readonly sumMs: number;
  /** Pairs of index and count, by ascending index, empty ones left out. */
  readonly buckets: readonly (readonly [index: number, count: number])[];
}

/**
 * Buckets per octave (a factor of two). A bucket is at most 1/16 as wide as its distance from zero, so its middle is within
 * 1/32, about 3 %, of everything in it. Part of the format: a change is a new version of the snapshot.
 */
export const SUB_BUCKETS = 16;

/** The bounds of a bucket: durations ≥ `low` and < `high`, in µs. The last bucket also holds all that is longer. */
export function bucketBounds(index: number): [lowUs: number, highUs: number] {
  // The first two octaves' worth of buckets are 1 µs wide.
  const octave = Math.max(0, Math.floor(index / SUB_BUCKETS) - 1);
  const width = 2 ** octave;
  const low = (index - octave * SUB_BUCKETS) * width;
  return [low, low + width];
}

/**
 * The duration in ms that `percent` of all samples do not exceed (nearest rank), to about 3 %, or to half a
 * microsecond below 16 µs; null when there is no sample. `percent` is from 0 (the shortest) to 100 (the longest).
 */
export function percentileMs(histogram: HistogramSnapshot, percent: number): number | null {
  if (!(percent >= 0 && percent <= 100)) throw expected('percent', 'a number from 0 to 100', percent);
  if (histogram.count === 0) return null;
  let left = Math.max(1, Math.ceil((percent * histogram.count) / 100));
  for (const [index, count] of histogram.buckets) {
    left -= count;
    if (left > 0) continue;
    const [low, high] = bucketBounds(index);
    return (low + high) / 2 / 1000;
  }
  throw expected('histogram', 'one whose buckets add up to its count', histogram);
}

/** The samples of all of these histograms. */
export function addHistograms(all: readonly HistogramSnapshot[]): HistogramSnapshot {
  const counts = new Map<number, number>();
  let [count, sumMs] = [0, 0];
  for (const one of all) {
    for (const [index, samples] of one.buckets) counts.set(index, (counts.get(index) ?? 0) + samples);
    count += one.count;
    sumMs += one.sumMs;
  }
  return { count, sumMs, buckets: inOrder(counts) };
}

/** The samples that `later` has in addition to `earlier`, taken before from the same histogram. */
export function subtractHistograms(later: HistogramSnapshot, earlier: HistogramSnapshot): HistogramSnapshot {
  const counts = new Map(later.buckets);
  for (const [index, count] of earlier.buckets) {
    const left = (counts.get(index) ?? 0) - count;
    if (left < 0) throw expected('earlier', 'an earlier snapshot of the same histogram', earlier);
    if (left === 0) counts.delete(index);
    else counts.set(index, left);
  }
  const count = later.count - earlier.count;
  // Rounding must not leave a sum where no sample is left.
  const sumMs = count === 0 ? 0 : Math.max(0, later.sumMs - earlier.sumMs);
  return { count, sumMs, buckets: inOrder(counts) };
}

function inOrder(counts: ReadonlyMap<number, number>): HistogramSnapshot['buckets'] {
  return [...counts].sort(([i], [j]) => i - j);
}

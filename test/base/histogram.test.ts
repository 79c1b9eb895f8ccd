import test from 'ava';
import fc from 'fast-check';
import { ArgumentError } from '#src/base/errors.js';
import { Histogram } from '#src/base/histogram.js';
import { addHistograms, bucketBounds, percentileMs, subtractHistograms } from '#src/base/histogram-snapshot.js';
import { fuzzRuns } from '../support/fuzz.js';

const numRuns = fuzzRuns(200);
const LONGEST_US = 2 ** 40;

/** Durations spread evenly over the octaves, not over the numbers. */
const durations = fc
  .double({ min: -1, max: 40, noNaN: true })
  .map((exponent) => Math.min(2 ** exponent, LONGEST_US - 1));
const samples = fc.array(durations, { maxLength: 300 });

function histogramOf(durations: readonly number[]): Histogram {
  const histogram = new Histogram();
  for (const us of durations) histogram.record(us);
  return histogram;
}

test('a duration falls into the bucket whose bounds hold it', (t) => {
  fc.assert(
    fc.property(durations, (us) => {
      const [[index, count]] = histogramOf([us]).toSnapshot().buckets as [[number, number]];
      const [low, high] = bucketBounds(index);
      return count === 1 && low <= us && us < high;
    }),
    { numRuns: fuzzRuns(2000) },
  );
  t.pass();
});

test('buckets follow each other without gap or overlap and are at most a sixteenth as wide as far from zero', (t) => {
  let end = 0;
  for (let index = 0; end < LONGEST_US; index++) {
    const [low, high] = bucketBounds(index);
    t.is(low, end);
    t.true(high - low === 1 || (high - low) * 16 <= low);
    t.is(histogramOf([low]).toSnapshot().buckets[0]![0], index);
    end = high;
  }
  t.is(end, LONGEST_US);
});

test('a percentile is within 3.2 % of the sample of that rank', (t) => {
  const percents = fc.integer({ min: 0, max: 100 });
  fc.assert(
    fc.property(fc.array(durations, { minLength: 1, maxLength: 300 }), percents, (durations, percent) => {
      const sorted = [...durations].sort((a, b) => a - b);
      const exact = sorted[Math.max(1, Math.ceil((percent * sorted.length) / 100)) - 1]!;
      const estimate = percentileMs(histogramOf(durations).toSnapshot(), percent)! * 1000;
      return Math.abs(estimate - exact) <= Math.max(0.5, exact / 32) + 1e-9 * exact;
    }),
    { numRuns },
  );
  t.pass();
});

test('an empty histogram has no percentile', (t) => {
  t.is(percentileMs(new Histogram().toSnapshot(), 99), null);
});

test('a percentile outside 0 to 100 is refused', (t) => {
  for (const percent of [-1, 101, NaN]) {
    t.throws(() => percentileMs(histogramOf([1]).toSnapshot(), percent), {
      instanceOf: ArgumentError,
      message: /`percent`/,
    });
  }
});

test('what is out of range is clamped, and NaN is refused', (t) => {
  const histogram = histogramOf([-5, LONGEST_US * 8, Infinity]);
  const { count, sumMs, buckets } = histogram.toSnapshot();
  t.is(count, 3);
  t.is(sumMs, (2 * LONGEST_US) / 1000);
  t.deepEqual(
    buckets.map(([index, count]) => [...bucketBounds(index), count]),
    [
      [0, 1, 1],
      [LONGEST_US * (31 / 32), LONGEST_US, 2],
    ],
  );
  t.throws(() => histogram.record(NaN), { instanceOf: ArgumentError });
  t.is(histogram.count, 3);
});

test('count and sum are those of the samples', (t) => {
  fc.assert(
    fc.property(samples, (durations) => {
      const { count, sumMs, buckets } = histogramOf(durations).toSnapshot();
      t.is(count, durations.length);
      t.is(sumMs, durations.reduce((sum, us) => sum + us, 0) / 1000);
      t.is(
        buckets.reduce((sum, [, count]) => sum + count, 0),
        count,
      );
    }),
    { numRuns },
  );
});

test('adding histograms is recording all samples in one', (t) => {
  fc.assert(
    fc.property(samples, samples, (a, b) => {
      const together = histogramOf([...a, ...b]).toSnapshot();
      const sum = addHistograms([histogramOf(a).toSnapshot(), histogramOf(b).toSnapshot()]);
      t.is(sum.count, together.count);
      t.deepEqual(sum.buckets, together.buckets);
      t.true(Math.abs(sum.sumMs - together.sumMs) <= 1e-9 * together.sumMs);
    }),
    { numRuns },
  );
});

test('subtracting an earlier snapshot leaves the samples in between', (t) => {
  fc.assert(
    fc.property(samples, samples, (before, between) => {
      const histogram = histogramOf(before);
      const earlier = histogram.toSnapshot();
      for (const us of between) histogram.record(us);
      const difference = subtractHistograms(histogram.toSnapshot(), earlier);
      const wanted = histogramOf(between).toSnapshot();
      t.is(difference.count, wanted.count);
      t.deepEqual(difference.buckets, wanted.buckets);
      t.true(Math.abs(difference.sumMs - wanted.sumMs) <= 1e-9 * (earlier.sumMs + wanted.sumMs));
    }),
    { numRuns },
  );
});

test('subtracting a later snapshot from an earlier one is refused', (t) => {
  const [earlier, later] = [histogramOf([1]).toSnapshot(), histogramOf([1, 1]).toSnapshot()];
  t.throws(() => subtractHistograms(earlier, later), { instanceOf: ArgumentError, message: /`earlier`/ });
});

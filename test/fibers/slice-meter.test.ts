import test from 'ava';
import type { Clock } from '#src/base/clock.js';
import { ReadyList } from '#src/fibers/ready-list.js';
import type { RunQueue } from '#src/fibers/run-queue.js';
import { SliceMeter } from '#src/fibers/slice-meter.js';

/** A meter whose clock is set by hand, and whose charges are kept. */
class Metered {
  time = 0;
  readings = 0;
  readonly charges: [list: ReadyList, ms: number][] = [];
  readonly meter: SliceMeter;

  constructor(sampling: boolean = true) {
    const clock = {
      now: () => {
        this.readings++;
        return this.time;
      },
    };
    const queue = { charge: (list: ReadyList, ms: number) => this.charges.push([list, ms]) };
    this.meter = new SliceMeter(clock as unknown as Clock, queue as unknown as RunQueue, sampling, 3, 2);
    this.meter.start();
    this.readings = 0;
  }

  /** A batch of `count` fibers that takes `ms`. */
  batch(list: ReadyList, count: number, ms: number): void {
    this.meter.before(list);
    this.time += ms;
    this.meter.after(list, count);
  }
}

function listOf(meanMs: number): ReadyList {
  return Object.assign(new ReadyList(), { meanMs });
}

test('batches of runs that are known to be short share one reading of the clock, split by their number and means', (t) => {
  const metered = new Metered();
  const [a, b] = [listOf(2 ** -10), listOf(2 ** -11)];
  metered.batch(a, 5, 1);
  metered.batch(b, 40, 1);
  metered.batch(a, 5, 1);
  t.is(metered.readings, 0);
  t.deepEqual(metered.charges, []);
  t.is(metered.meter.stop(), 3);
  t.is(metered.readings, 1);
  t.deepEqual(metered.charges, [
    [a, 1],
    [b, 2],
  ]);
  t.deepEqual([a.runs, b.runs], [10, 40]);
  t.is(metered.meter.batches, 3);
  t.is(metered.meter.ranMs, 3);
  t.is(metered.meter.stop(), 3);
  t.is(metered.readings, 1, 'nothing is uncharged');
});

test('runs that may be long are timed by themselves, and what ran before is settled first', (t) => {
  const metered = new Metered();
  const [short, long] = [listOf(0.001), listOf(0.002)];
  metered.batch(short, 1, 1);
  metered.batch(long, 2, 10);
  t.deepEqual(metered.charges, [
    [short, 1],
    [long, 10],
  ]);
});

test('no more than 64 runs share a reading', (t) => {
  const metered = new Metered();
  const short = listOf(0.001);
  metered.batch(short, 63, 1);
  t.is(metered.readings, 0);
  metered.batch(short, 1, 1);
  t.deepEqual(metered.charges, [[short, 2]]);
});

test('a run of more than one and a half slices is an overrun, and the longest is known', (t) => {
  const metered = new Metered();
  const { meter } = metered;
  const list = listOf(1);
  metered.batch(list, 2, 6);
  t.deepEqual([meter.overruns, meter.longestMs], [0, 3]);
  metered.batch(list, 2, 7);
  t.deepEqual([meter.overruns, meter.longestMs], [2, 3.5]);
  metered.batch(list, 1, 1);
  t.deepEqual([meter.overruns, meter.longestMs], [2, 3.5]);
});

test('a clock that was set back has measured nothing', (t) => {
  const metered = new Metered();
  const list = listOf(1);
  metered.batch(list, 1, -5);
  metered.batch(list, 1, 2);
  t.deepEqual(metered.charges, [
    [list, 0],
    [list, 2],
  ]);
});

test('one batch in so many is a sample, and none where nobody wants any', (t) => {
  const { meter } = new Metered();
  t.deepEqual(
    Array.from({ length: 7 }, () => meter.sampleDue()),
    [false, false, true, false, false, true, false],
  );
  const off = new Metered(false).meter;
  for (let i = 0; i < 7; i++) t.false(off.sampleDue());
});

test('a batch is what fits into the rest of the slice by the mean, from 1 to 64, and into 0.1 ms where there is a goal', (t) => {
  const { meter } = new Metered();
  t.is(meter.batchLimit(listOf(0.5), 5, false), 10);
  t.is(meter.batchLimit(listOf(0.5), 0.9, false), 1);
  t.is(meter.batchLimit(listOf(0.5), 0.2, false), 1);
  t.is(meter.batchLimit(listOf(0.5), -1, false), 1);
  t.is(meter.batchLimit(listOf(0.001), 5, false), 64);
  t.is(meter.batchLimit(listOf(0.02), 5, true), 5);
  t.is(meter.batchLimit(listOf(0.02), 0.05, true), 2);
  t.is(meter.batchLimit(Object.assign(listOf(0.001), { single: true }), 5, false), 1);
});

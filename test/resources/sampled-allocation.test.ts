import test from 'ava';
import { ReadyList } from '#src/fibers/ready-list.js';
import type { Heap } from '#src/resources/machine.js';
import { SampledAllocation } from '#src/resources/sampled-allocation.js';
import { WorkClock } from '../support/work-clock.js';

/** A heap that it takes `beginMs` and `endMs` to look at, and in which each run causes `collections`. */
function metered(beginMs: number, endMs: number, collections: number): { meter: SampledAllocation; clock: WorkClock } {
  const clock = new WorkClock();
  const heap = {
    allocated: 70,
    externalAllocated: 7,
    beginRun: () => clock.work(beginMs),
    endRun() {
      clock.work(endMs);
      return collections;
    },
  } as unknown as Heap;
  return { meter: new SampledAllocation(clock, heap), clock };
}

/** A node that is well known, whose runs take `meanMs`. */
function known(meanMs: number): ReadyList {
  return Object.assign(new ReadyList(), { meanMs, measuredRuns: 100 });
}

test('to measure runs takes the share of the time of all runs that it may', (t) => {
  for (const [beginMs, endMs, collections, costMs] of [
    [1, 2, 0, 3],
    [1, 2, 2, 5],
    [0.1, 0.1, 0, 0.2],
  ] as const)
    for (const share of [0.01, 0.05]) {
      const { meter } = metered(beginMs, endMs, collections);
      meter.spend(share);
      const list = known(1);
      let measured = 0;
      for (let run = 0; run < 200_000; run++) {
        if (!meter.due(list)) continue;
        meter.begin();
        meter.end();
        measured++;
      }
      const spent = (measured * costMs) / 200_000;
      t.true(spent > 0.9 * share && spent < 1.1 * share, `${spent} instead of ${share}`);
    }
});

test('long runs are measured more often than short ones, and those of nodes that are hardly known at once', (t) => {
  const { meter } = metered(0.5, 0.5, 0);
  meter.spend(0.01);
  const runsUntilDue = (list: ReadyList): number => {
    let runs = 1;
    while (!meter.due(list)) runs++;
    meter.begin();
    meter.end();
    return runs;
  };
  for (let i = 0; i < 50; i++) runsUntilDue(known(1));
  const [short, long] = [runsUntilDue(known(0.1)), runsUntilDue(known(2))];
  t.true(short > 15 * long && short < 25 * long, `${short} and ${long}`);
  for (const measuredRuns of [0, 4]) {
    const list = known(1);
    const usual = runsUntilDue(list);
    const runs = runsUntilDue(Object.assign(new ReadyList(), { meanMs: 1, measuredRuns }));
    t.true(runs < usual, `${runs} of ${usual} with ${measuredRuns}`);
  }
});

test('what a run has allocated is what the heap says', (t) => {
  const { meter } = metered(0, 0, 0);
  t.deepEqual([meter.heapBytes, meter.externalBytes], [70, 7]);
});

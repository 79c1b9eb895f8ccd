import test from 'ava';
import { ReadyList } from '#src/fibers/ready-list.js';
import type { GatedEntry } from '#src/resources/gated-entry.js';
import { SchedulingWatch } from '#src/resources/scheduling-watch.js';

/** All that a watch looks at. */
function entryOf(refusals: Map<string, number>): GatedEntry {
  return { refusals } as unknown as GatedEntry;
}

const none: ReadonlySet<GatedEntry> = new Set();

test('what work waited for most often of late limits, and what it waited for long ago does not', (t) => {
  const watch = new SchedulingWatch();
  t.is(watch.limiting(0), null);
  for (let i = 0; i < 10_000; i++) watch.blocked('cpu');
  for (let i = 0; i < 6000; i++) watch.blocked('memory');
  watch.look(100, none, []);
  t.is(watch.limiting(100), 'cpu');
  for (let now = 200; now <= 600; now += 100) {
    watch.blocked('memory');
    watch.look(now, none, []);
  }
  t.is(watch.limiting(600), 'memory', 'one busy moment does not outweigh those since');
  for (let now = 700; now <= 5000; now += 100) watch.look(now, none, []);
  t.is(watch.limiting(5000), null);
});

test('once nobody looks any more nothing is limiting', (t) => {
  const watch = new SchedulingWatch();
  watch.blocked('cpu');
  watch.look(100, none, []);
  t.is(watch.limiting(1100), 'cpu');
  t.is(watch.limiting(1101), null);
});

test('a bout of refusing lasts over short pauses, and names what it refused for most', (t) => {
  const watch = new SchedulingWatch();
  const refusals = new Map([['slow start', 500]]);
  const entry = entryOf(refusals);
  const entries = new Set([entry]);
  const refuse = (reason: string, count: number): void =>
    void refusals.set(reason, (refusals.get(reason) ?? 0) + count);
  watch.look(0, entries, []);
  for (let now = 100; now <= 2000; now += 100) watch.look(now, entries, []);
  t.is(watch.refusingAt(entry, 2000), null, 'what was refused long before is over');
  refuse('memory', 10);
  watch.look(2100, entries, []);
  for (let now = 2200; now <= 3000; now += 100) watch.look(now, entries, []);
  refuse('cpu', 4);
  watch.look(3100, entries, []);
  t.deepEqual(watch.refusingAt(entry, 3500), { reason: 'memory', forMs: 1400 });
  for (let now = 3200; now <= 4300; now += 100) watch.look(now, entries, []);
  t.is(watch.refusingAt(entry, 4300), null);
  refuse('cpu', 1);
  watch.look(4400, entries, []);
  t.deepEqual(watch.refusingAt(entry, 4400), { reason: 'cpu', forMs: 0 });
  watch.look(4500, none, []);
  t.is(watch.refusingAt(entry, 4500), null, 'a closed entry is forgotten');
});

test('an entry that has refused nothing does not refuse', (t) => {
  const watch = new SchedulingWatch();
  const entry = entryOf(new Map());
  for (const now of [100, 200]) {
    watch.look(now, new Set([entry]), []);
    t.is(watch.refusingAt(entry, now), null);
  }
});

test('a list that is asked again all the time is held back since the first time', (t) => {
  const watch = new SchedulingWatch();
  const list = new ReadyList();
  t.is(watch.heldMs(list, 50), 0);
  watch.look(100, none, [list]);
  watch.look(200, none, []);
  watch.look(300, none, [list]);
  t.is(watch.heldMs(list, 350), 250);
  for (let now = 400; now <= 900; now += 100) watch.look(now, none, []);
  watch.look(1000, none, [list]);
  t.is(watch.heldMs(list, 1000), 0);
});

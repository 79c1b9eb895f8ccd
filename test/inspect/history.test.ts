import test from 'ava';
import { History } from '#src/inspect/history.js';
import type { Snapshot } from '#src/blocking-graph/snapshot.js';
import { snapshotAfter } from '../blocking-graph/walks.js';

/** A fiber starts in each ms. */
const after = (ms: number): Snapshot =>
  snapshotAfter(
    Array.from({ length: 100 }, () => [0, 0] as const),
    ms,
  );

function lookedAt(history: History, ...times: number[]): Snapshot {
  let last = after(0);
  for (const ms of times) history.add((last = after(ms)));
  return last;
}

test('what happened lately is what happened since the snapshot that is old enough', (t) => {
  const history = new History(5, 20);
  const last = lookedAt(history, 1, 2, 7, 13, 19, 20);
  t.is(history.last(5, last).windowMs, 7);
  t.is(history.last(7, last).windowMs, 7);
  t.is(history.last(8, last).windowMs, 13);
});

test('at the first look it is everything, and later as much as was seen', (t) => {
  const history = new History(5, 20);
  const first = lookedAt(history, 3);
  t.is(history.last(20, first), first);
  t.is(history.last(20, lookedAt(history, 9)).windowMs, 6);
});

test('what was started anew has no past', (t) => {
  const history = new History(5, 20);
  const last = lookedAt(history, 50, 60, 3, 9);
  t.is(history.last(20, last).windowMs, 6);
});

test('a program that has run for longer than the one before it was looked at has no past either', (t) => {
  const history = new History(5, 20);
  lookedAt(history, 3);
  const next = snapshotAfter([[0, 0]], 40, { pid: 2 });
  history.add({ ...next, windowMs: 40 });
  t.is(history.last(20, { ...next, windowMs: 41 }).windowMs, 1);
});

test('no more is kept than the longest time needs', (t) => {
  const history = new History(5, 20);
  const last = lookedAt(history, ...Array.from({ length: 100 }, (_, i) => i + 1));
  t.true(history.last(1000, last).windowMs < 30);
  t.true(history.last(20, last).windowMs >= 20);
});

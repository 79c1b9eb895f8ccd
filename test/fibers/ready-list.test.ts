import test from 'ava';
import type { Fiber } from '#src/fibers/fiber.js';
import { ReadyList } from '#src/fibers/ready-list.js';

const fibers = (count: number): Fiber[] =>
  Array.from({ length: count }, (_, id) => ({ id, nextReady: null }) as unknown as Fiber);

/** Takes all out. */
function drain(list: ReadyList): number[] {
  const ids: number[] = [];
  while (list.size > 0) ids.push(list.shift().id);
  return ids;
}

test('fibers leave in the order in which they came, behind those that were put in front', (t) => {
  const list = new ReadyList();
  const [a, b, c, d] = fibers(4) as [Fiber, Fiber, Fiber, Fiber];
  list.unshift(b);
  list.push(c);
  list.unshift(a);
  list.push(d);
  t.is(list.size, 4);
  t.is(list.first, a);
  t.deepEqual(drain(list), [0, 1, 2, 3]);
  t.is(list.first, null);
  list.push(d);
  t.deepEqual(drain(list), [3]);
  t.deepEqual(
    [a, b, c, d].map(({ nextReady }) => nextReady),
    Array(4).fill(null),
  );
});

test('those that are urgent go before the others, and both keep their order', (t) => {
  const list = new ReadyList();
  for (const fiber of fibers(6)) list.push(fiber);
  t.true(list.advance(({ id }) => id % 3 === 2));
  t.is(list.size, 6);
  t.deepEqual(drain(list), [2, 5, 0, 1, 3, 4]);
  for (const fiber of fibers(3)) list.push(fiber);
  t.false(list.advance(() => false));
  t.deepEqual(drain(list), [0, 1, 2]);
});

test('the mean of its runs goes towards what they take, from above and from below', (t) => {
  const list = new ReadyList();
  for (const ms of [5, 0.01]) {
    const before = list.meanMs;
    list.ran(4 * ms, 4);
    t.true(Math.abs(list.meanMs - ms) < Math.abs(before - ms));
    for (let i = 0; i < 100; i++) list.ran(4 * ms, 4);
    t.true(Math.abs(list.meanMs - ms) < 1e-3 * ms + 1e-4, `${list.meanMs}`);
  }
  t.is(list.runs, 2 * 101 * 4);
  t.true(Math.abs(list.ranMs - 101 * 4 * 5.01) < 1e-6);
});

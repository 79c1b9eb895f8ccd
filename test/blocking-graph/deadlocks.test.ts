import test from 'ava';
import fc from 'fast-check';
import { describeDeadlocks, findDeadlocks } from '#src/blocking-graph/deadlocks.js';
import type { FiberRef, LockSnapshot } from '#src/blocking-graph/snapshot.js';
import { runs } from './walks.js';

function fiber(number: number): FiberRef {
  return { fiber: number, kind: 'job', node: null, sinceMs: 1, bounded: false, ended: false };
}

function lock(name: string, holders: number[], waiters: number[], more: Partial<LockSnapshot> = {}): LockSnapshot {
  return {
    id: name.charCodeAt(0),
    kind: holders.length === 1 ? 'mutex' : 'semaphore',
    name,
    capacity: holders.length,
    available: 0,
    holders: holders.map(fiber),
    waiters: waiters.map(fiber),
    unlisted: 0,
    ...more,
  };
}

function numbers(locks: LockSnapshot[]): number[][] {
  return findDeadlocks(locks).map((fibers) => fibers.map((stuck) => stuck.fiber.fiber).sort((a, b) => a - b));
}

test('two fibers that each hold what the other waits for are a deadlock, told in one sentence', (t) => {
  const locks = [lock('a', [12], [13]), lock('b', [13], [12])];
  t.deepEqual(numbers(locks), [[12, 13]]);
  t.deepEqual(describeDeadlocks(locks), [
    'deadlock: fiber 13 (job) holds mutex `b` and waits for mutex `a`, which fiber 12 (job) holds; ' +
      'fiber 12 (job) waits for mutex `b`, which fiber 13 (job) holds',
  ]);
});

test('of a deadlock in which somebody has a deadline that is said, since it may end by itself', (t) => {
  const bounded = (one: LockSnapshot): LockSnapshot => ({
    ...one,
    waiters: one.waiters.map((waiter) => ({ ...waiter, bounded: true })),
  });
  const locks = [lock('a', [12], [13]), bounded(lock('b', [13], [12]))];
  t.deepEqual(describeDeadlocks(locks), [
    'deadlock until a deadline passes: fiber 13 (job) holds mutex `b` and waits for mutex `a`, which fiber 12 (job) holds; ' +
      'fiber 12 (job) waits for mutex `b`, which fiber 13 (job) holds',
  ]);
});

test('a queue for a lock is no deadlock', (t) => {
  t.deepEqual(numbers([lock('a', [1], [2, 3]), lock('b', [2], [4])]), []);
});

test('a cycle through a semaphore with a free holder is no deadlock', (t) => {
  t.deepEqual(numbers([lock('a', [1], [2]), lock('s', [2, 3], [1])]), []);
});

test('a cycle through a semaphore all of whose holders wait in it is one', (t) => {
  t.deepEqual(numbers([lock('a', [1], [2, 3]), lock('s', [2, 3], [1])]), [[1, 2, 3]]);
});

test('a fiber that waits for the rest of what it holds itself is a deadlock', (t) => {
  const locks = [lock('s', [1, 1], [1])];
  t.deepEqual(numbers(locks), [[1]]);
  t.regex(
    describeDeadlocks(locks)[0]!,
    /fiber 1 \(job\) holds semaphore `s` and waits for semaphore `s`, which it holds itself/,
  );
});

test('of many holders the first are named, and that the fiber is one of them', (t) => {
  const holders = Array.from({ length: 11 }, (_, n) => n + 1);
  const others = holders.slice(1);
  const [sentence] = describeDeadlocks([lock('s', holders, [1]), lock('a', [1], others)]);
  t.regex(sentence!, /which (?:fiber \d+ \(job\), ){8}it itself and 2 more hold(?:;|$)/);
  t.regex(
    describeDeadlocks([lock('s', [1, 2], [1]), lock('a', [1], [2])])[0]!,
    /which fiber 2 \(job\) and it itself hold/,
  );
  t.regex(
    describeDeadlocks([lock('s', [1, 2], [3]), lock('a', [3], [1, 2])])[0]!,
    /which fiber 1 \(job\) and fiber 2 \(job\) hold/,
  );
});

test('those who wait for a deadlocked fiber are victims, and are not named', (t) => {
  t.deepEqual(numbers([lock('a', [1], [2, 9]), lock('b', [2], [1]), lock('c', [9], [8])]), [[1, 2]]);
});

test('separate deadlocks are told apart', (t) => {
  const locks = [lock('a', [1], [2]), lock('b', [2], [1]), lock('c', [3], [4]), lock('d', [4], [3])];
  t.deepEqual(numbers(locks).sort(), [
    [1, 2],
    [3, 4],
  ]);
});

test('fibers of the same number in two processes are not the same', (t) => {
  t.deepEqual(numbers([lock('a', [1], [2], { pid: 1 }), lock('b', [2], [1], { pid: 2 })]), []);
});

test('where not all holders are listed nothing is claimed', (t) => {
  t.deepEqual(numbers([lock('a', [1], [2]), lock('s', [2], [1], { capacity: 3, unlisted: 2 })]), []);
  t.deepEqual(numbers([lock('a', [1], [2], { unlisted: 400 }), lock('b', [2], [1])]), [[1, 2]]);
});

test('a ring of ten thousand fibers is one deadlock, of which a few are named', (t) => {
  const n = 10_000;
  const ring = Array.from({ length: n }, (_, i) => ({ ...lock('r', [i], [(i + n - 1) % n]), id: i, name: null }));
  t.is(findDeadlocks(ring)[0]?.length, n);
  t.regex(describeDeadlocks(ring)[0]!, /^deadlock: .*; and so on, 10000 fibers in all$/);
});

test('what is reported can never go on, and when something cannot it is reported', (t) => {
  const locks = fc
    .record({
      held: fc.array(fc.array(fc.nat(7), { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 5 }),
      wants: fc.array(fc.nat(9), { minLength: 8, maxLength: 8 }),
    })
    .map(({ held, wants }) =>
      held.map((holders, index) =>
        lock(
          String.fromCharCode(97 + index),
          holders,
          wants.flatMap((want, number) => (want === index ? [number] : [])),
        ),
      ),
    );
  fc.assert(
    fc.property(locks, (all) => {
      const stuck = simulate(all);
      const reported = numbers(all).flat();
      t.true(
        reported.every((number) => stuck.has(number)),
        'reported, but can go on',
      );
      t.is(reported.length > 0, stuck.size > 0);
    }),
    runs,
  );
});

/** Lets everyone who waits for nothing give back all they hold, until nobody can. Who still waits is stuck. */
function simulate(locks: LockSnapshot[]): Set<number> {
  const queues = locks.map((one) => ({
    holders: one.holders.map((ref) => ref.fiber),
    waiters: one.waiters.map((ref) => ref.fiber),
  }));
  for (;;) {
    const waiting = new Set(queues.flatMap(({ waiters }) => waiters));
    const queue = queues.find(
      ({ holders, waiters }) => waiters.length > 0 && holders.some((holder) => !waiting.has(holder)),
    );
    if (queue === undefined) return waiting;
    queue.holders[queue.holders.findIndex((holder) => !waiting.has(holder))] = queue.waiters.shift()!;
  }
}

import test from 'ava';
import { mutex, Runtime, sleep, spawn, suspend, type Operation } from 'heddle';
import { VirtualClock } from 'heddle/testing';
import type { FiberHandle } from '#src/fibers/fiber.js';
import { StrideRunQueue, type StrideList } from '#src/stride/stride-run-queue.js';
import { leftovers } from '../support/no-leak.js';

/** Runs `body` on a stride queue; nothing may be left behind. */
async function onStride(body: (queue: StrideRunQueue) => Operation<void>): Promise<object> {
  const queue: StrideRunQueue = new StrideRunQueue(() => runtime.loop.readied());
  const runtime: Runtime = new Runtime({ clock: new VirtualClock(), queue });
  await runtime.run(() => body(queue));
  queue.stride.validate();
  return leftovers(runtime);
}

const NOTHING = { live: 0, scopes: 0, ready: 0, timers: 0 };

/** Fibers that stand at one node, and go on when told. */
interface Bench {
  readonly fibers: readonly FiberHandle<void>[];
  readonly list: StrideList;
  /** Numbers of those that have gone on, in order. */
  readonly ran: number[];
  wake(i: number): void;
}

function* bench(count: number, around?: (operation: Operation<void>) => Operation<void>): Operation<Bench> {
  const ran: number[] = [];
  const wakes: (() => void)[] = [];
  const fibers: FiberHandle<void>[] = [];
  for (let i = 0; i < count; i++)
    fibers.push(
      yield* spawn(function* seat() {
        const wait = (function* (): Operation<void> {
          yield* suspend<void>((resume) => {
            wakes[i] = () => resume();
          }, 'seat');
          ran.push(i);
        })();
        yield* around === undefined ? wait : around(wait);
      }),
    );
  yield* sleep(1);
  const list = (fibers[0] as unknown as { node: { ready: StrideList } }).node.ready;
  // As whoever sets a guard does: it is asked before each run.
  list.single = true;
  return { fibers, list, ran, wake: (i) => wakes[i]!() };
}

test('a list whose guard says no is held back whole, and the program may sleep meanwhile', async (t) => {
  const left = await onStride(function* (queue) {
    const { list, ran, wake } = yield* bench(3);
    let fits = false;
    let asked = 0;
    list.guard = () => {
      asked++;
      return fits;
    };
    for (const i of [0, 1, 2]) wake(i);
    yield* sleep(100);
    t.deepEqual(ran, []);
    t.is(asked, 1, 'it is not asked again while nothing has changed');
    t.is(queue.heldFibers, 3);
    t.is(queue.size, 1, 'only who asks');
    t.deepEqual(queue.heldLists, [list]);
    fits = true;
    queue.releaseHeld();
    t.is(queue.heldFibers, 0);
    t.is(queue.size, 4);
    yield* sleep(1);
    t.deepEqual(ran, [0, 1, 2]);
  });
  t.deepEqual(left, NOTHING);
});

test('who becomes ready at a node that is held back is held back too', async (t) => {
  await onStride(function* (queue) {
    const { list, ran, wake } = yield* bench(2);
    list.guard = () => false;
    wake(0);
    yield* sleep(1);
    wake(1);
    yield* sleep(1);
    t.deepEqual(ran, []);
    t.is(queue.heldFibers, 2);
    t.deepEqual(queue.heldLists, [list]);
    list.guard = null;
    queue.releaseHeld();
    yield* sleep(1);
    t.deepEqual(ran, [0, 1]);
  });
});

test('other nodes go on while one is held back', async (t) => {
  await onStride(function* (queue) {
    const { list, ran, wake } = yield* bench(1);
    list.guard = () => false;
    wake(0);
    let turns = 0;
    yield* (yield* spawn(function* other() {
      for (; turns < 10; turns++) yield* sleep(1);
    })).join();
    t.is(turns, 10);
    t.deepEqual(ran, []);
    list.guard = null;
    queue.releaseHeld();
  });
});

test('who is urgent goes before those who want some, and opens a list that is held back', async (t) => {
  await onStride(function* (queue) {
    const { fibers, list, ran, wake } = yield* bench(3);
    const rich = fibers[2];
    list.isUrgent = (fiber) => fiber === rich;
    list.guard = (fiber) => fiber === rich;
    wake(0);
    wake(1);
    yield* sleep(1);
    t.is(queue.heldFibers, 2);
    wake(2);
    yield* sleep(1);
    t.deepEqual(ran, [2]);
    t.is(queue.heldFibers, 2);
    list.guard = list.isUrgent = null;
    queue.releaseHeld();
  });
});

test('who holds a lock is never held back, and goes before those who hold none', async (t) => {
  await onStride(function* (queue) {
    const lock = mutex();
    let first = true;
    // The first of them holds the lock; all stand at one node.
    const { list, ran, wake } = yield* bench(3, function* (wait) {
      if (!first) return yield* wait;
      first = false;
      yield* lock.withLock(wait);
    });
    list.guard = () => false;
    wake(1);
    wake(2);
    yield* sleep(1);
    t.is(queue.heldFibers, 2);
    wake(0);
    yield* sleep(1);
    t.deepEqual(ran, [0]);
    t.is(queue.heldFibers, 2);
    list.guard = null;
    queue.releaseHeld();
    yield* sleep(1);
    t.deepEqual(ran, [0, 1, 2]);
  });
});

test('who has given its lock back is held back as others are', async (t) => {
  await onStride(function* (queue) {
    const lock = mutex();
    const { list, wake } = yield* bench(2, function* (wait) {
      yield* lock.withLock(sleep(0));
      yield* wait;
    });
    list.guard = () => false;
    wake(0);
    wake(1);
    yield* sleep(1);
    t.is(queue.heldFibers, 2);
    list.guard = null;
    queue.releaseHeld();
  });
});

test('who is cancelled while it is held back is let go to clean up, and the others stay', async (t) => {
  const left = await onStride(function* (queue) {
    const { list, ran, wake, fibers } = yield* bench(3);
    list.guard = () => false;
    for (const i of [0, 1, 2]) wake(i);
    yield* sleep(1);
    fibers[1]!.cancel();
    queue.releaseUrgent();
    yield* sleep(1);
    // It had been woken before, so that it could not but do what it was woken for.
    t.deepEqual(ran, [1]);
    t.is(fibers[1]!.status, 'succeeded');
    t.is(queue.heldFibers, 2);
    list.guard = null;
    queue.releaseHeld();
    yield* sleep(1);
    t.deepEqual(ran, [1, 0, 2]);
  });
  t.deepEqual(left, NOTHING);
});

test('who becomes urgent while it is held back is let go, and the others stay', async (t) => {
  await onStride(function* (queue) {
    const { fibers, list, ran, wake } = yield* bench(3);
    let urgent: unknown = null;
    list.isUrgent = (fiber) => fiber === urgent;
    list.guard = () => false;
    for (const i of [0, 1, 2]) wake(i);
    yield* sleep(1);
    urgent = fibers[2];
    queue.releaseUrgent();
    yield* sleep(1);
    t.deepEqual(ran, [2]);
    t.is(queue.heldFibers, 2);
    list.guard = list.isUrgent = null;
    queue.releaseHeld();
  });
});

test('nobody is released where nobody was cancelled or is urgent', async (t) => {
  await onStride(function* (queue) {
    const { list, ran, wake } = yield* bench(2);
    list.guard = () => false;
    wake(0);
    yield* sleep(1);
    queue.releaseUrgent();
    yield* sleep(1);
    t.deepEqual(ran, []);
    t.is(queue.heldFibers, 1);
    list.guard = null;
    queue.releaseHeld();
    wake(1);
  });
});

test('a pardon lets one fiber go, whatever the guard says', async (t) => {
  await onStride(function* (queue) {
    const { list, ran, wake } = yield* bench(3);
    list.guard = () => false;
    for (const i of [0, 1, 2]) wake(i);
    yield* sleep(1);
    queue.pardon(list);
    t.is(queue.size, 4, 'all of them are ready again, beside who asks');
    yield* sleep(1);
    t.deepEqual(ran, [0]);
    t.is(queue.heldFibers, 2);
    list.guard = null;
    queue.releaseHeld();
    yield* sleep(1);
    t.deepEqual(ran, [0, 1, 2]);
  });
});

test('a guarded list of single runs asks before each of them', async (t) => {
  await onStride(function* (queue) {
    const { list, ran, wake } = yield* bench(4);
    let room = 2;
    list.guard = () => room-- > 0;
    for (const i of [0, 1, 2, 3]) wake(i);
    yield* sleep(1);
    t.deepEqual(ran, [0, 1]);
    t.is(queue.heldFibers, 2);
    list.guard = null;
    queue.releaseHeld();
    yield* sleep(1);
    t.deepEqual(ran, [0, 1, 2, 3]);
  });
});

test('a held list keeps its place in the shares: none is saved up, none is owed', async (t) => {
  await onStride(function* (queue) {
    const { list, wake } = yield* bench(1);
    list.guard = () => false;
    wake(0);
    yield* sleep(1);
    t.is(list.heapIndex, -1);
    queue.stride.validate();
    list.guard = null;
    queue.releaseHeld();
    t.true(list.heapIndex >= 0);
    t.true(list.pass >= queue.stride.globalPass);
    yield* sleep(1);
  });
});

import test from 'ava';
import { MisuseError, mutex, scope, sleep, spawn, yieldNow, type Operation } from 'heddle';
import { simulate } from 'heddle/testing';
import { currentFiber } from '#src/fibers/current.js';
import { simulateManyClean } from '../../support/no-leak.js';

test('one at a time is inside, in the order of asking', (t) =>
  simulateManyClean(function* ({ random }) {
    const lock = mutex();
    const asked: number[] = [];
    const entered: number[] = [];
    let inside = 0;
    yield* scope(function* (inner) {
      for (let i = 0; i < 10; i++)
        inner.spawn(function* () {
          yield* sleep(random.below(5));
          asked.push(i);
          yield* lock.withLock(
            (function* (): Operation<void> {
              entered.push(i);
              t.is(++inside, 1);
              yield* yieldNow();
              yield* sleep(random.below(5));
              inside--;
            })(),
          );
        });
    });
    t.deepEqual(entered, asked);
    t.is(lock.available, 1);
    t.is(lock.holder, null);
  }));

test('locking twice in one fiber is reported at once, and leaves the lock held', (t) =>
  simulateManyClean(function* () {
    const lock = mutex({ name: 'table' });
    const permit = yield* lock.lock();
    try {
      yield* lock.lock();
      t.fail();
    } catch (error) {
      t.true(error instanceof MisuseError);
      t.regex((error as Error).message, /locks mutex `table` while it holds it/);
    }
    t.is(lock.available, 0);
    permit.release();
    t.is(lock.available, 1);
  }));

test('a wait for a lock is shown with its name, if it has one', async (t) => {
  const subjects = await simulate(function* ({ runtime }) {
    for (const lock of [mutex({ name: 'table' }), mutex()]) {
      const permit = yield* lock.lock();
      yield* spawn(() => lock.withLock(sleep(1)));
      yield* sleep(1);
      permit.release();
    }
    const { nodes } = runtime.snapshotNow();
    return nodes.filter(({ label }) => label === 'mutex.lock').map(({ subject }) => subject);
  });
  t.deepEqual(subjects, ['table', null]);
});

test('the holder is known', (t) =>
  simulateManyClean(function* () {
    const lock = mutex();
    const fiber = yield* spawn(() => lock.withLock(sleep(10)));
    yield* sleep(1);
    t.is(lock.holder?.id, fiber.id);
    yield* fiber.join();
    t.is(lock.holder, null);
  }));

test('who has given a lock back is no more known to hold one', (t) =>
  simulateManyClean(function* () {
    const lock = mutex();
    const fiber = currentFiber('the test');
    t.is(fiber.permits, 0);
    const permit = yield* lock.lock();
    t.is(fiber.permits, 1);
    permit.release();
    t.is(fiber.permits, 0);
    yield* lock.withLock(sleep(1));
    t.is(fiber.permits, 0);
  }));

test('a lock passes to the next when its holder fails', (t) =>
  simulateManyClean(function* () {
    const lock = mutex();
    try {
      yield* lock.withLock(
        (function* () {
          throw new Error('boom');
        })(),
      );
    } catch {
      // Expected.
    }
    t.is(
      yield* lock.withLock(
        (function* () {
          return 'in';
        })(),
      ),
      'in',
    );
  }));

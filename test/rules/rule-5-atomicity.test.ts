import test from 'ava';
import {
  abortable,
  CancelledError,
  channel,
  event,
  moveOnAfter,
  mutex,
  semaphore,
  sleep,
  spawn,
  suspend,
  yieldNow,
  type Operation,
} from 'heddle';
import { sameEvents } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';

test('a send that throws CancelledError was not received, one that returns was', (t) =>
  simulateManyClean(
    function* () {
      const jobs = channel<number>();
      let sent: boolean | undefined;
      let received: number | undefined;
      const sender = yield* spawn(function* () {
        try {
          yield* jobs.send(7);
          sent = true;
        } catch {
          sent = false;
        }
      });
      const receiver = yield* spawn(function* () {
        yield* yieldNow();
        received = yield* moveOnAfter(5, jobs.receive());
      });
      yield* yieldNow();
      sender.cancel();
      yield* receiver.join();
      yield* sleep(1);
      t.is(received, sent ? 7 : undefined);
    },
    { runs: 100 },
  ));

test('a receive that throws CancelledError took nothing', (t) =>
  simulateManyClean(
    function* () {
      const jobs = channel<number>();
      let received: number | undefined;
      const receiver = yield* spawn(function* () {
        received = yield* jobs.receive();
      });
      const sender = yield* spawn(function* () {
        yield* yieldNow();
        return yield* moveOnAfter(
          5,
          (function* () {
            yield* jobs.send(7);
            return true;
          })(),
        );
      });
      yield* yieldNow();
      receiver.cancel();
      const sent = yield* sender.join();
      yield* sleep(1);
      t.is(sent === true, received === 7);
    },
    { runs: 100 },
  ));

test('an acquire that throws CancelledError holds nothing', (t) =>
  simulateManyClean(
    function* () {
      const pool = semaphore(2);
      const holder = yield* spawn(function* () {
        const permit = yield* pool.acquire(2);
        yield* yieldNow();
        permit.release();
      });
      const waiter = yield* spawn(function* () {
        const permit = yield* pool.acquire(2);
        permit.release();
      });
      yield* yieldNow();
      waiter.cancel();
      yield* holder.join();
      yield* sleep(1);
      t.deepEqual(pool.stats(), { capacity: 2, available: 2, waiting: 0 });
    },
    { runs: 100 },
  ));

test('what had completed before the cancellation is returned', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const done = event();
    const fiber = yield* spawn(function* () {
      yield* done.wait();
      log('returned');
      yield* sleep(1);
      log('wrong');
    });
    yield* sleep(1);
    done.set();
    fiber.cancel();
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['returned']), null);
  }));

test('a lock that was granted before the cancellation is held, and can be released', (t) =>
  simulateManyClean(function* () {
    const lock = mutex();
    const first = yield* lock.lock();
    const fiber = yield* spawn(() => lock.withLock(sleep(1)));
    yield* sleep(1);
    first.release();
    t.is(lock.available, 0);
    fiber.cancel();
    yield* sleep(1);
    t.is(lock.available, 1);
  }));

test('a cancelled spawn started nothing', (t) =>
  simulateManyClean(function* () {
    let started = false;
    const fiber = yield* spawn(function* () {
      fiber.cancel();
      yield* spawn(function* () {
        started = true;
      });
    });
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.false(started);
  }));

test('a cancelled wait for a callback has undone its registration, once', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(() =>
      suspend<void>(() => {
        log('registered');
        return () => log('undone');
      }),
    );
    yield* sleep(1);
    fiber.cancel();
    fiber.cancel();
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['registered', 'undone']), null);
  }));

test('abortable work that was done all the same returns its value', (t) =>
  simulateManyClean(function* () {
    function* work(): Operation<string> {
      return yield* abortable((signal) => new Promise((done) => signal.addEventListener('abort', () => done('saved'))));
    }
    const fiber = yield* spawn(work);
    yield* sleep(1);
    fiber.cancel();
    t.is(yield* fiber.join(), 'saved');
  }));

test('abortable work throws CancelledError only after it has stopped', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* work(): Operation<void> {
      try {
        yield* abortable(
          (signal) =>
            new Promise((_, stop) =>
              signal.addEventListener('abort', () =>
                setImmediate(() => {
                  log('stopped');
                  stop(new Error('AbortError'));
                }),
              ),
            ),
        );
      } catch (error) {
        log(error instanceof CancelledError ? 'cancelled' : 'wrong');
        throw error;
      }
    }
    const fiber = yield* spawn(work);
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['stopped', 'cancelled']), null);
  }));

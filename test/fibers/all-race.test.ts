import test from 'ava';
import {
  all,
  ArgumentError,
  CancelledError,
  FiberCancelledError,
  moveOnAfter,
  mutex,
  now,
  OverloadError,
  race,
  sleep,
  spawn,
  suspend,
  type Operation,
} from 'heddle';
import { sameEvents } from 'heddle/testing';
import type { Fiber } from '#src/fibers/fiber.js';
import { failAfter } from '../support/fail-after.js';
import { logged } from '../support/logged.js';
import { simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

function* after<T>(ms: number, value: T): Operation<T> {
  yield* sleep(ms);
  return value;
}

test('all runs side by side and returns results in the given order', (t) =>
  simulateManyClean(function* () {
    const began = now();
    t.deepEqual(yield* all([after(30, 'a'), after(10, 2), after(20, null)]), ['a', 2, null]);
    t.is(now() - began, 30);
    t.deepEqual(yield* all([]), []);
  }));

test('all runs at most as many at once as it is told, and starts them in order', (t) =>
  simulateManyClean(function* ({ random }) {
    for (const concurrency of [1, 2, 3, 100]) {
      let running = 0;
      let most = 0;
      const started: number[] = [];
      const operations = Array.from({ length: 10 }, (_, i) =>
        (function* () {
          started.push(i);
          most = Math.max(most, ++running);
          yield* sleep(1 + random.below(10));
          running--;
          return i;
        })(),
      );
      t.deepEqual(yield* all(operations, { concurrency }), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
      t.is(most, Math.min(concurrency, 10));
      t.deepEqual(started, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  }));

test('the first failure of all cancels the others and is thrown after they have ended', (t) =>
  simulateManyClean(function* ({ log, events }) {
    try {
      yield* all([logged(log, 'a', suspend()), failAfter(5, 'boom'), logged(log, 'b', sleep(100))]);
    } catch (error) {
      log(String(error));
    }
    t.is(sameEvents(events, [new Set(['a cancelled', 'b cancelled']), 'boom']), null);
  }));

test('all that is limited starts nothing more after a failure', (t) =>
  simulateManyClean(function* () {
    let started = 0;
    function* counted(): Operation<void> {
      started++;
      yield* sleep(10);
    }
    try {
      yield* all([counted(), failAfter(5, 'boom'), counted(), counted()], { concurrency: 2 });
      t.fail();
    } catch (error) {
      t.is(error, 'boom');
    }
    t.is(started, 1);
  }));

test('a cancellation of all reaches its operations', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* moveOnAfter(5, all([logged(log, 'a', suspend()), logged(log, 'b', suspend())]));
    t.is(sameEvents(events, [new Set(['a cancelled', 'b cancelled'])]), null);
    const fiber = yield* spawn(() => all([logged(log, 'c', suspend())]));
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.is(events.at(-1), 'c cancelled');
  }));

test('race returns the first result after the others have stopped', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const winner = yield* race([after(20, 'slow'), after(10, 'fast'), logged(log, 'loser', suspend())]);
    log(winner as string);
    t.is(sameEvents(events, ['loser cancelled', 'fast']), null);
    t.is(yield* race([after(1, undefined)]), undefined);
  }));

test('race throws the first error', (t) =>
  simulateManyClean(function* ({ log, events }) {
    try {
      yield* race([failAfter(5, 'boom'), after(10, 'slow'), logged(log, 'loser', suspend())]);
    } catch (error) {
      log(String(error));
    }
    t.is(sameEvents(events, ['loser cancelled', 'boom']), null);
  }));

test('what others throw before they have stopped counts too, beside a first failure and beside a winner', (t) =>
  simulateManyClean(function* () {
    function* closeBadly(): Operation<never> {
      try {
        return yield* suspend();
      } finally {
        // oxlint-disable-next-line no-unsafe-finally
        throw new Error('close failed');
      }
    }
    for (const operation of [
      race([closeBadly(), failAfter(5, new Error('boom'))]),
      all([closeBadly(), failAfter(5, new Error('boom'))]),
    ]) {
      const error = (yield* thrownBy(operation)) as AggregateError;
      t.deepEqual(error.errors.map(String), ['Error: close failed', 'Error: boom']);
    }
    t.is(String(yield* thrownBy(race([after(5, 'won'), closeBadly()]))), 'Error: close failed');
  }));

test('exactly one of several that end together wins a race', (t) =>
  simulateManyClean(function* () {
    const winner = yield* race([after(5, 'a'), after(5, 'b'), after(5, 'c')]);
    t.true(['a', 'b', 'c'].includes(winner as string));
  }));

test('a race that is cancelled throws CancelledError and has no winner', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      try {
        return yield* race([suspend(), sleep(1000)]);
      } catch (error) {
        t.true(error instanceof CancelledError);
        throw error;
      }
    });
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
  }));

test('races and alls nest', (t) =>
  simulateManyClean(function* () {
    const result = yield* all([
      race([after(1, 'a'), suspend()]),
      race([all([after(2, 'b'), after(3, 'c')]), after(100, 'd')]),
    ]);
    t.deepEqual(result as unknown, ['a', ['b', 'c']]);
  }));

for (const concurrency of [0, -1, 1.5, NaN, '2'])
  test(`all refuses a concurrency of ${concurrency}`, (t) =>
    simulateManyClean(
      function* () {
        try {
          yield* all([], { concurrency: concurrency as number });
          t.fail();
        } catch (error) {
          t.true(error instanceof ArgumentError);
          t.is(
            (error as Error).message,
            `Expected \`concurrency\` to be an integer ≥ 1 or Infinity, got \`${concurrency}\` (${typeof concurrency})`,
          );
        }
      },
      { runs: 1 },
    ));

const alone = {
  all: (one: Operation<unknown>) => all([one, sleep(50)]),
  'all in turns': (one: Operation<unknown>) => all([one, sleep(50)], { concurrency: 1 }),
  race: (one: Operation<unknown>) => race([one]),
};

for (const [name, combine] of Object.entries(alone)) {
  test(`${name} says so if one of its fibers was cancelled alone`, (t) =>
    simulateManyClean(function* () {
      const lock = mutex();
      yield* spawn(function* () {
        yield* sleep(1);
        lock.holder!.cancel('taken too long');
      });
      const error = yield* thrownBy(combine(lock.withLock(sleep(100))));
      t.true(error instanceof FiberCancelledError, String(error));
      t.regex(String((error as Error).cause), /taken too long/);
    }));

  test(`${name} throws that memory ran out, which is why one of its fibers was cancelled`, (t) =>
    simulateManyClean(function* () {
      const lock = mutex();
      const overload = new OverloadError('memory ran out');
      yield* spawn(function* () {
        yield* sleep(1);
        (lock.holder as Fiber).cancel('memory ran out', overload);
      });
      t.is(yield* thrownBy(combine(lock.withLock(sleep(100)))), overload);
    }));
}

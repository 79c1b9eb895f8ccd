import test from 'ava';
import {
  all,
  channel,
  moveOnAfter,
  moveOnAt,
  now,
  scope,
  shield,
  sleep,
  sleepUntil,
  spawn,
  spawnDaemon,
  suspend,
  TimeoutError,
  withTimeout,
  withTimeoutAt,
  type Operation,
} from 'heddle';
import { simulateManyClean } from '../support/no-leak.js';

function* outcome(operation: Operation<unknown>): Operation<unknown> {
  try {
    return yield* operation;
  } catch (error) {
    return error;
  }
}

test('a deadline is absolute: what is called later has less time', (t) =>
  simulateManyClean(function* () {
    const began = now();
    const error = yield* outcome(
      withTimeout(
        100,
        (function* () {
          yield* sleep(40);
          yield* sleep(40);
          yield* sleep(40);
        })(),
      ),
    );
    t.true(error instanceof TimeoutError);
    t.is(now() - began, 100);
  }));

test('deadlines nest, and the nearest wins, whichever is inside', (t) =>
  simulateManyClean(function* () {
    const began = now();
    const inner = yield* outcome(withTimeout(100, moveOnAfter(10, suspend())));
    t.is(inner, undefined);
    t.is(now() - began, 10);
    const outer = yield* outcome(withTimeout(10, moveOnAfter(100, suspend())));
    t.true(outer instanceof TimeoutError);
    t.is(now() - began, 20);
  }));

test('of equal deadlines the outer one has passed', (t) =>
  simulateManyClean(function* () {
    const result = yield* outcome(moveOnAfter(10, withTimeout(10, suspend())));
    t.is(result, undefined);
  }));

test('the deadline reaches the fibers of the scope', (t) =>
  simulateManyClean(function* () {
    const began = now();
    const result = yield* moveOnAfter(
      10,
      scope(function* (inner) {
        inner.spawn(() => suspend());
        inner.spawn(() => sleep(5));
        return 'done';
      }),
    );
    t.is(result, 'done', 'the body had a result; only its fibers were stopped');
    t.is(now() - began, 10);
  }));

test('what a timed operation has spawned is part of it: where that was cut short it was not done in time', (t) =>
  simulateManyClean(function* () {
    function* begin(work: () => Operation<void>): Operation<string> {
      yield* spawn(work);
      return 'begun';
    }
    t.is(yield* moveOnAfter(10, begin(suspend)), undefined);
    t.true((yield* outcome(withTimeout(10, begin(suspend)))) instanceof TimeoutError);
    t.is(
      yield* moveOnAfter(
        10,
        begin(() => sleep(5)),
      ),
      'begun',
    );
  }));

test('it is no timeout where something else than the deadline has stopped a fiber, however long that takes', (t) =>
  simulateManyClean(function* () {
    function* slowToStop(): Operation<void> {
      try {
        yield* suspend();
      } finally {
        yield* shield(sleep(50));
      }
    }
    function* withDaemon(): Operation<string> {
      yield* spawnDaemon(slowToStop);
      yield* sleep(1);
      return 'done';
    }
    function* withStopped(): Operation<string> {
      const fiber = yield* spawn(slowToStop);
      yield* sleep(1);
      fiber.cancel();
      return 'done';
    }
    for (const body of [withDaemon, withStopped]) {
      const began = now();
      t.is(yield* withTimeout(20, body()), 'done');
      t.is(yield* moveOnAfter(20, body()), 'done');
      t.is(yield* shield(body(), { within: 20 }), 'done');
      t.is(now() - began, 153);
    }
  }));

test('what moveOnAfter has received is not lost for a daemon that is slow to stop', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<string>(1);
    yield* jobs.send('job');
    function* next(): Operation<string> {
      yield* spawnDaemon(function* () {
        try {
          yield* suspend();
        } finally {
          yield* shield(sleep(50));
        }
      });
      return yield* jobs.receive();
    }
    t.is(yield* moveOnAfter(20, next()), 'job');
  }));

test('it is no timeout where a scope further in was cancelled by itself, and that stopped the body', (t) =>
  simulateManyClean(function* () {
    const inner = scope(function* (own) {
      own.cancel('mine');
      try {
        yield* suspend();
      } finally {
        yield* shield(sleep(50));
      }
    });
    const error = yield* outcome(moveOnAfter(20, inner));
    t.regex(String(error), /mine/);
  }));

test('a scope knows the nearest deadline around it, up to the first shield', (t) =>
  simulateManyClean(function* () {
    const deadlines: number[] = [];
    function* note(): Operation<void> {
      yield* scope(function* (inner) {
        deadlines.push(inner.deadline);
      });
    }
    yield* note();
    yield* withTimeout(50, note());
    yield* withTimeout(50, withTimeout(100, note()));
    yield* withTimeout(100, moveOnAfter(50, note()));
    yield* withTimeout(50, all([note()]));
    yield* withTimeout(50, shield(note(), { within: 200 }));
    yield* withTimeout(50, shield(note()));
    t.deepEqual(deadlines, [Infinity, 50, 50, 50, 50, 200, 30_000]);
  }));

test('absolute forms stop at the same instant wherever they begin', (t) =>
  simulateManyClean(function* () {
    const at = now() + 50;
    const fibers = [];
    for (const delay of [0, 10, 49])
      fibers.push(
        yield* spawn(function* () {
          yield* sleep(delay);
          const error = yield* outcome(withTimeoutAt(at, suspend()));
          t.true(error instanceof TimeoutError);
          t.is(yield* moveOnAt(at + 1, suspend()), undefined);
          return now();
        }),
      );
    for (const fiber of fibers) t.is(yield* fiber.join(), at + 1);
  }));

test('a deadline that has passed stops what suspends', (t) =>
  simulateManyClean(function* () {
    yield* sleep(10);
    for (const operation of [() => withTimeoutAt(5, suspend()), () => withTimeout(0, suspend())])
      t.true((yield* outcome(operation())) instanceof TimeoutError);
    t.is(yield* moveOnAt(-Infinity, sleep(100)), undefined);
    t.is(now(), 10);
  }));

test('what was completed in time is returned, and the timer is gone', (t) =>
  simulateManyClean(function* () {
    const answer = function* (): Operation<number> {
      yield* sleep(5);
      return 42;
    };
    t.is(yield* withTimeout(10, answer()), 42);
    t.is(yield* moveOnAfter(10, answer()), 42);
    t.is(yield* withTimeoutAt(now() + 10, answer()), 42);
    t.is(yield* withTimeout(Infinity, answer()), 42);
    t.is(yield* withTimeoutAt(Infinity, answer()), 42);
  }));

test('an operation and a deadline at the same instant: either wins, and nothing in between', (t) =>
  simulateManyClean(function* () {
    const result = yield* moveOnAfter(
      10,
      (function* () {
        yield* sleep(10);
        return 'done';
      })(),
    );
    t.true(result === 'done' || result === undefined);
  }));

test('an operation that fails before its deadline throws its own error', (t) =>
  simulateManyClean(function* () {
    const error = yield* outcome(
      withTimeout(
        10,
        (function* () {
          yield* sleep(1);
          throw new Error('own');
        })(),
      ),
    );
    t.is((error as Error).message, 'own');
  }));

test('a fiber that the deadline stopped is not stopped by a later cancel, even while a shield hides the deadline', (t) =>
  simulateManyClean(function* () {
    const error = yield* outcome(
      withTimeout(
        10,
        (function* () {
          const fiber = yield* spawn(function* () {
            yield* shield(sleep(30));
            yield* suspend();
          });
          yield* shield(sleep(20));
          fiber.cancel();
        })(),
      ),
    );
    t.true(error instanceof TimeoutError);
  }));

test('the error says how long was allowed', (t) =>
  simulateManyClean(function* () {
    const error = yield* outcome(withTimeout(250, suspend()));
    t.regex((error as Error).message, /250 ms/);
  }));

test('sleepUntil a time that has passed ends at once, and Infinity never', (t) =>
  simulateManyClean(function* () {
    yield* sleep(10);
    yield* sleepUntil(5);
    yield* sleepUntil(-Infinity);
    t.is(now(), 10);
    yield* sleepUntil(15);
    t.is(now(), 15);
    t.is(yield* moveOnAfter(1000, sleepUntil(Infinity)), undefined);
  }));

test('sleeping fibers wake in the order of their times', (t) =>
  simulateManyClean(function* ({ random }) {
    const woken: number[] = [];
    const times = Array.from({ length: 50 }, () => random.below(20));
    yield* scope(function* (inner) {
      for (const ms of times)
        inner.spawn(function* () {
          yield* sleep(ms);
          woken.push(ms);
        });
    });
    t.deepEqual(
      woken,
      times.sort((a, b) => a - b),
    );
  }));

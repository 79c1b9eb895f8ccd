import test from 'ava';
import { channel, scope, sleep, spawn, suspend, yieldNow, type Operation } from 'heddle';
import { sameEvents, simulate } from 'heddle/testing';
import { failAfter } from '../support/fail-after.js';
import { logged } from '../support/logged.js';
import { simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

test('a failing child cancels its siblings before the scope throws', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const boom = new Error('boom');
    const error = yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(() => logged(log, 'sibling', suspend()));
        inner.spawn(() => logged(log, 'slow sibling', sleep(1000)));
        inner.spawn(failAfter, 10, boom);
        yield* logged(log, 'body', suspend());
      }),
    );
    log('thrown');
    t.is(error, boom);
    const cancelled = new Set(['sibling cancelled', 'slow sibling cancelled', 'body cancelled']);
    t.is(sameEvents(events, [cancelled, 'thrown']), null);
  }));

test('a failing body cancels the fibers before the scope throws', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const error = yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(() => logged(log, 'child', suspend()));
        yield* sleep(1);
        throw new Error('body');
      }),
    );
    log('thrown');
    t.is((error as Error).message, 'body');
    t.is(sameEvents(events, ['child cancelled', 'thrown']), null);
  }));

test('siblings that take their time to stop are waited for', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const error = yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(function* () {
          try {
            yield* suspend();
          } catch {
            // Swallowed: the next suspension throws again.
          }
          try {
            yield* yieldNow();
          } finally {
            log('stopped');
          }
        });
        inner.spawn(failAfter, 1, new Error('boom'));
      }),
    );
    log((error as Error).message);
    t.is(sameEvents(events, ['stopped', 'boom']), null);
  }));

test('several failures are thrown as one AggregateError in spawn order', (t) =>
  simulateManyClean(function* () {
    function* failWhenStopped(error: unknown): Operation<void> {
      try {
        yield* suspend();
      } catch {
        throw error;
      }
    }
    const error = yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(failWhenStopped, 'first');
        inner.spawn(failAfter, 1, 'second');
        inner.spawn(failWhenStopped, 'third');
      }),
    );
    t.true(error instanceof AggregateError);
    t.deepEqual((error as AggregateError).errors, ['first', 'second', 'third']);
    t.regex((error as Error).message, /3 failures in one scope: first; second; third/);
  }));

test('an error that several fibers fail with stands where the first of them to fail was spawned', (t) =>
  simulateManyClean(function* () {
    function* failWhenStopped(thrown: unknown): Operation<void> {
      try {
        yield* suspend();
      } catch {
        throw thrown;
      }
    }
    const error = yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(failAfter, 1, 'shared');
        inner.spawn(failWhenStopped, 'own');
        inner.spawn(failWhenStopped, 'shared');
      }),
    );
    t.deepEqual((error as AggregateError).errors, ['shared', 'own']);
  }));

test('one error that reaches a scope twice is one failure', (t) =>
  simulateManyClean(function* () {
    const boom = new Error('boom');
    const error = yield* thrownBy(
      scope(function* (inner) {
        const child = inner.spawn(failAfter, 1, boom);
        yield* child.join();
      }),
    );
    t.is(error, boom);
  }));

test('a failure passes through nested scopes and cancels in each', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const error = yield* thrownBy(
      scope(function* (outer) {
        outer.spawn(() => logged(log, 'cousin', suspend()));
        yield* scope(function* (inner) {
          inner.spawn(failAfter, 1, 'boom');
          yield* logged(log, 'body', suspend());
        });
      }),
    );
    log(String(error));
    t.is(sameEvents(events, ['body cancelled', 'cousin cancelled', 'boom']), null);
  }));

test('the cause of the cancellation of siblings is the failure', (t) =>
  simulateManyClean(function* () {
    let cause: unknown;
    yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(failAfter, 1, 'boom');
        try {
          yield* suspend();
        } catch (error) {
          cause = (error as Error).cause;
          throw error;
        }
      }),
    );
    t.is(cause, 'boom');
  }));

test('any value can be thrown, undefined too', async (t) => {
  await simulateManyClean(function* () {
    for (const value of [undefined, null, 0, '']) {
      const outcome: { error: unknown }[] = [];
      try {
        yield* scope(function* (inner) {
          inner.spawn(failAfter, 1, value);
        });
      } catch (error) {
        outcome.push({ error });
      }
      t.deepEqual(outcome, [{ error: value }]);
    }
  });
});

test('a hundred thousand failures in one scope do not stop the world', async (t) => {
  const error = await t.throwsAsync(
    simulate(function* () {
      const jobs = channel<number>();
      for (let i = 0; i < 100_000; i++) yield* spawn(() => jobs.receive());
      yield* sleep(1);
      jobs.close();
    }),
    { instanceOf: AggregateError },
  );
  t.is(error.errors.length, 100_000);
  t.true(error.message.length < 2000);
});

test('failures that cannot be put into words are thrown together all the same', (t) =>
  simulateManyClean(function* () {
    const failures = [Object.create(null), Symbol('odd')];
    const error = yield* thrownBy(
      scope(function* (inner) {
        for (const failure of failures) inner.spawn(failAfter, 0, failure);
      }),
    );
    t.true(error instanceof AggregateError);
    t.deepEqual((error as AggregateError).errors, failures);
    t.is((error as AggregateError).message, '2 failures in one scope: an object of class `Object`; Symbol(odd)');
  }));

import test from 'ava';
import { CancelledError, scope, sleep, spawn, suspend } from 'heddle';
import { sameEvents } from 'heddle/testing';
import { failAfter } from '../support/fail-after.js';
import { logged } from '../support/logged.js';
import { simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

test('you catch what you directly yield*: the error of a spawned fiber appears at its scope and not at the spawn', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const error = yield* thrownBy(
      scope(function* () {
        try {
          yield* spawn(failAfter, 1, 'boom');
          yield* sleep(10);
        } catch (stopped) {
          log(stopped instanceof CancelledError ? 'cancelled' : 'wrong');
          throw stopped;
        }
      }),
    );
    t.is(error, 'boom');
    t.is(sameEvents(events, ['cancelled']), null);
  }));

test('a joiner gets the failure of the fiber, and its scope gets it once', (t) =>
  simulateManyClean(function* () {
    for (const thrown of [new Error('boom'), null, 'boom']) {
      const error = yield* thrownBy(
        scope(function* (inner) {
          const child = inner.spawn(failAfter, 1, thrown);
          const joiners = [1, 2, 3].map(() => inner.spawn(() => child.join()));
          yield* joiners[0]!.join();
        }),
      );
      t.is(error, thrown);
    }
  }));

test('a failure that is caught at the scope leaves those around it alone', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (outer) {
      outer.spawn(() => logged(log, 'cousin', sleep(50)));
      yield* thrownBy(scope((inner) => (inner.spawn(failAfter, 1, 'boom'), suspend())));
      yield* sleep(10);
      log('went on');
    });
    t.is(sameEvents(events, ['went on', 'cousin done']), null);
  }));

test('a fiber that catches inside of itself leaves its scope alone', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (inner) {
      inner.spawn(function* () {
        log(String(yield* thrownBy(failAfter(1, 'boom'))));
      });
      yield* logged(log, 'body', sleep(10));
    });
    t.is(sameEvents(events, ['boom', 'body done']), null);
  }));

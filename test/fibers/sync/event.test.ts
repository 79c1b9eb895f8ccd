import test from 'ava';
import { event, scope, sleep, spawn } from 'heddle';
import { simulateManyClean } from '../../support/no-leak.js';

test('an event wakes all who wait; waiting afterwards does not wait', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const ready = event({ name: 'ready' });
    yield* scope(function* (inner) {
      for (let i = 0; i < 3; i++)
        inner.spawn(function* () {
          yield* ready.wait();
          log('woken');
        });
      yield* sleep(1);
      t.deepEqual(ready.stats(), { isSet: false, waiting: 3 });
      ready.set();
      ready.set();
    });
    yield* ready.wait();
    t.true(ready.isSet);
    t.deepEqual(events, ['woken', 'woken', 'woken']);
  }));

test('a wait that is cancelled is forgotten', (t) =>
  simulateManyClean(function* () {
    const ready = event();
    const fibers = [];
    for (let i = 0; i < 5; i++) fibers.push(yield* spawn(() => ready.wait()));
    yield* sleep(1);
    fibers[2]!.cancel();
    fibers[0]!.cancel();
    yield* sleep(1);
    t.is(ready.stats().waiting, 3);
    ready.set();
    yield* sleep(1);
    t.deepEqual(
      fibers.map((fiber) => fiber.status),
      ['cancelled', 'succeeded', 'cancelled', 'succeeded', 'succeeded'],
    );
  }));

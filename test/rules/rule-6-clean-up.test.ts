import test from 'ava';
import {
  call,
  CancelledError,
  moveOnAfter,
  now,
  Runtime,
  scope,
  ScopeClosedError,
  shield,
  sleep,
  spawn,
  suspend,
  TimeoutError,
  withTimeout,
  type Operation,
} from 'heddle';
import { sameEvents, VirtualClock } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';

test('finally runs, and may suspend inside of a shield', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      try {
        yield* suspend();
      } finally {
        log('closing');
        yield* shield(sleep(50));
        log('closed');
      }
    });
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(10);
    t.is(fiber.status, 'waiting');
    yield* sleep(100);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['closing', 'closed']), null);
  }));

test('a shielded operation returns its value, and the next suspension throws', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      const value = yield* shield(
        (function* () {
          yield* sleep(20);
          return 'value';
        })(),
      );
      log(value);
      try {
        yield* sleep(1);
      } catch (error) {
        log(error instanceof CancelledError ? 'cancelled' : 'wrong');
        throw error;
      }
    });
    yield* sleep(10);
    fiber.cancel();
    yield* sleep(100);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['value', 'cancelled']), null);
  }));

test('fibers that are spawned in a shield are shielded, those around it are not', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* moveOnAfter(
      5,
      (function* () {
        yield* spawn(function* outside() {
          try {
            yield* suspend();
          } finally {
            log('outside stopped');
          }
        });
        yield* shield(
          scope(function* () {
            yield* spawn(function* inside() {
              yield* sleep(20);
              log('inside done');
            });
          }),
        );
      })(),
    );
    t.is(sameEvents(events, ['outside stopped', 'inside done']), null);
  }));

test('a shield has a deadline of its own, 30 seconds unless given', (t) =>
  simulateManyClean(
    function* () {
      const began = now();
      let error: unknown;
      try {
        yield* shield(suspend());
      } catch (caught) {
        error = caught;
      }
      t.true(error instanceof TimeoutError);
      t.is(now() - began, 30_000);
      try {
        yield* shield(suspend(), { within: 10 });
      } catch (caught) {
        error = caught;
      }
      t.regex((error as Error).message, /within 10 ms/);
      t.is(now() - began, 30_010);
    },
    { runs: 10 },
  ));

test('a shield within a shield outlives the deadline of the outer', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const began = now();
    let error: unknown;
    try {
      yield* shield(
        (function* () {
          yield* shield(sleep(50));
          log('inner done');
          yield* sleep(1);
          log('wrong');
        })(),
        { within: 10 },
      );
    } catch (caught) {
      error = caught;
    }
    t.true(error instanceof TimeoutError);
    t.is(now() - began, 50);
    t.is(sameEvents(events, ['inner done']), null);
  }));

test('a cancellation around two nested shields waits for both', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      try {
        yield* shield(
          (function* () {
            yield* shield(sleep(20));
            yield* sleep(20);
            log('outer done');
          })(),
        );
        yield* sleep(1);
      } finally {
        log('ended');
      }
    });
    yield* sleep(10);
    fiber.cancel();
    yield* sleep(100);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['outer done', 'ended']), null);
  }));

test('a scope inside a shield can still be cancelled by itself', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* shield(
      (function* () {
        yield* moveOnAfter(5, suspend());
        log('moved on');
      })(),
    );
    t.is(sameEvents(events, ['moved on']), null);
  }));

test('a deadline that passes during a shield takes effect after it', (t) =>
  simulateManyClean(function* () {
    const began = now();
    let error: unknown;
    try {
      yield* withTimeout(
        10,
        (function* () {
          yield* shield(sleep(50));
          yield* sleep(0);
        })(),
      );
    } catch (caught) {
      error = caught;
    }
    t.true(error instanceof TimeoutError);
    t.is(now() - began, 50);
  }));

test('an error from inside a shield is thrown, even in a cancelled fiber', (t) =>
  simulateManyClean(function* () {
    function* closeBadly(): Operation<void> {
      yield* sleep(1);
      throw new Error('close failed');
    }
    let error: unknown;
    try {
      yield* moveOnAfter(
        5,
        (function* () {
          try {
            yield* suspend();
          } finally {
            yield* shield(closeBadly());
          }
        })(),
      );
    } catch (caught) {
      error = caught;
    }
    t.is((error as Error).message, 'close failed');
  }));

test('what is deferred in the root scope of a run is run before that is over, the newest first', async (t) => {
  const events: string[] = [];
  const { root, result } = new Runtime({ clock: new VirtualClock() }).start(function* () {
    yield* sleep(1);
    events.push('body');
  });
  root.defer(() => void events.push('older'));
  root.spawn(function* () {
    yield* sleep(5);
    // As whatever is opened in this fiber does.
    root.defer(function* () {
      yield* sleep(10);
      events.push('newer');
      root.defer(() => void events.push('deferred by a cleanup'));
    });
  });
  await result;
  t.deepEqual(events, ['body', 'newer', 'older', 'deferred by a cleanup']);
  t.throws(() => root.defer(() => {}), { instanceOf: ScopeClosedError });
});

test('the cleanups of a root scope are shielded, and a run in which one fails is rejected with that', async (t) => {
  const events: string[] = [];
  const { root, result } = new Runtime({ clock: new VirtualClock() }).start(() => sleep(1000));
  root.defer(function* () {
    yield* sleep(10);
    events.push('slept');
  });
  root.defer(() => {
    throw new Error('close failed');
  });
  root.cancel();
  await t.throwsAsync(result, { message: 'close failed' });
  t.deepEqual(events, ['slept']);
});

test('an operation that a cleanup returns, and does not run, is an error that says so', (t) =>
  simulateManyClean(function* () {
    let error: unknown;
    try {
      yield* scope(function* (inner) {
        inner.defer(function* closeAll() {
          return sleep(5);
        });
      });
    } catch (caught) {
      error = caught;
    }
    t.regex(String(error), /^MisuseError: `closeAll` returned an operation that was never run/);
  }));

test('a cleanup that a deadline of its own has stopped has what comes after it done to the end', async (t) => {
  let called = 0;
  function* step(): Operation<void> {
    called++;
  }
  function* work(): Operation<void> {
    try {
      yield* sleep(1000);
    } finally {
      yield* shield(moveOnAfter(5, suspend()));
      while (called < 2_000) yield* call(step);
    }
  }
  await new Runtime({ clock: new VirtualClock(), sliceMs: 0 }).run(() => moveOnAfter(50, work()));
  t.is(called, 2_000);
});

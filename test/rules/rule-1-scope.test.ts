import test from 'ava';
import { race, scope, ScopeClosedError, sleep, spawn, suspend, yieldNow, type Operation, type Scope } from 'heddle';
import { sameEvents } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';

test('a scope returns only after all its fibers have ended', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* work(name: string, ms: number): Operation<void> {
      yield* sleep(ms);
      log(name);
    }
    const result = yield* scope(function* () {
      yield* spawn(work, 'a', 20);
      yield* spawn(work, 'b', 20);
      yield* spawn(work, 'c', 30);
      log('body');
      return 42;
    });
    log('after');
    t.is(result, 42);
    t.is(sameEvents(events, ['body', new Set(['a', 'b']), 'c', 'after']), null);
  }));

test('fibers of fibers belong to the same scope unless one is opened in between', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* leaf(): Operation<void> {
      yield* sleep(5);
      log('leaf');
    }
    function* middle(): Operation<void> {
      yield* spawn(leaf);
      log('middle');
    }
    yield* scope(function* () {
      yield* spawn(middle);
    });
    log('after');
    t.is(sameEvents(events, ['middle', 'leaf', 'after']), null);
  }));

test('a run ends only after the fibers of its root', async (t) => {
  const ended: string[] = [];
  await simulateManyClean(function* () {
    yield* spawn(function* () {
      yield* sleep(1000);
      ended.push('late');
    });
  });
  t.true(ended.length >= 50);
});

test('what is spawned through the handle while the scope waits for its fibers is waited for as well', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (outer) {
      outer.spawn(function* () {
        yield* yieldNow();
        outer.spawn(function* () {
          yield* sleep(5);
          log('late');
        });
      });
    });
    log('after');
    t.is(sameEvents(events, ['late', 'after']), null);
  }));

test('a fiber spawned between the last end and the return of the scope is waited for, or refused', async (t) => {
  let late = 0;
  await simulateManyClean(
    function* () {
      let handle: Scope | undefined;
      let spawned = 0;
      let ended = 0;
      yield* spawn(function* spawner() {
        for (let i = 0; i < 12; i++) {
          yield* yieldNow();
          try {
            handle?.spawn(function* () {
              yield* sleep(1);
              ended++;
            });
            if (handle !== undefined) spawned++;
          } catch (error) {
            t.true(error instanceof ScopeClosedError);
            return;
          }
        }
      });
      yield* scope(function* (inner) {
        handle = inner;
        inner.spawn(function* () {
          yield* yieldNow();
        });
      });
      t.is(ended, spawned);
      late += spawned;
    },
    { runs: 200 },
  );
  t.true(late > 0);
});

test('a spawn in a scope that has ended is refused with an error that says so', (t) =>
  simulateManyClean(function* () {
    const handle = yield* scope(function* (inner) {
      return { inner };
    });
    const error = t.throws(() => handle.inner.spawn(function* late() {}), { instanceOf: ScopeClosedError });
    t.regex(error.message, /`late`/);
    t.throws(() => handle.inner.defer(() => {}), { instanceOf: ScopeClosedError });
  }));

test('deferred cleanups run after the fibers, last in first out, and may suspend', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (inner) {
      inner.defer(() => log('first deferred'));
      inner.defer(function* () {
        yield* sleep(10);
        log('second deferred');
      });
      yield* spawn(function* () {
        yield* sleep(5);
        log('fiber');
      });
    });
    log('after');
    t.is(sameEvents(events, ['fiber', 'second deferred', 'first deferred', 'after']), null);
  }));

test('what a cleanup spawns or defers is waited for and run', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (inner) {
      inner.defer(() => {
        log('cleanup');
        inner.spawn(function* () {
          yield* sleep(5);
          log('spawned by cleanup');
        });
        inner.defer(() => log('deferred by cleanup'));
      });
    });
    log('after');
    t.is(sameEvents(events, ['cleanup', new Set(['spawned by cleanup', 'deferred by cleanup']), 'after']), null);
  }));

test('cleanups run, each shielded, when the scope is cancelled', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* race([
      scope(function* (inner) {
        inner.defer(function* () {
          yield* sleep(10);
          log('cleaned up');
        });
        yield* suspend();
      }),
      sleep(1),
    ]);
    log('after');
    t.is(sameEvents(events, ['cleaned up', 'after']), null);
  }));

test('a failing cleanup fails the scope, and the other cleanups still run', async (t) => {
  let ran = 0;
  await simulateManyClean(function* () {
    let caught: unknown;
    try {
      yield* scope(function* (inner) {
        inner.defer(() => void ran++);
        inner.defer(() => {
          throw new Error('cleanup');
        });
      });
    } catch (error) {
      caught = error;
    }
    t.is((caught as Error).message, 'cleanup');
  });
  t.true(ran >= 50);
});

test('a daemon does not keep its scope open: it is cancelled once the others have ended', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (inner) {
      inner.spawnDaemon(function* () {
        try {
          yield* suspend();
        } finally {
          log('daemon stopped');
        }
      });
      inner.spawn(function* () {
        yield* sleep(5);
        log('worker done');
      });
    });
    log('after');
    t.is(sameEvents(events, ['worker done', 'daemon stopped', 'after']), null);
  }));

test('a daemon that is spawned while the daemons are being stopped is stopped too', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (inner) {
      inner.spawnDaemon(function* () {
        try {
          yield* suspend();
        } finally {
          inner.spawnDaemon(function* () {
            try {
              yield* suspend();
            } finally {
              log('late daemon stopped');
            }
          });
        }
      });
    });
    log('after');
    t.is(sameEvents(events, ['late daemon stopped', 'after']), null);
  }));

test('a daemon that fails fails its scope', (t) =>
  simulateManyClean(function* () {
    let caught: unknown;
    try {
      yield* scope(function* (inner) {
        inner.spawnDaemon(function* () {
          yield* sleep(1);
          throw new Error('daemon');
        });
        yield* suspend();
      });
    } catch (error) {
      caught = error;
    }
    t.is((caught as Error).message, 'daemon');
  }));

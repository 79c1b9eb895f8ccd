import { AsyncLocalStorage, AsyncResource, createHook } from 'node:async_hooks';
import { stat } from 'node:fs';
import { setImmediate as turn } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import test from 'ava';
import {
  abortable,
  call,
  CancelledError,
  MisuseError,
  moveOnAfter,
  run,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  yieldNow,
  type Operation,
} from 'heddle';
import { inContext } from 'heddle/async-context';
import { Work, type Admitted } from '#src/fibers/governor.js';
import { simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';
import { manyFibers } from './follow-claims.js';

const storage = new AsyncLocalStorage<unknown>();
const store = (): unknown => storage.getStore();

/** What `storage.run` is for functions. */
function withStore<T>(value: unknown, f: () => Operation<T>): Operation<T> {
  return inContext((body) => storage.run(value, body), f);
}

test('a store follows its fibers through every suspension, spawn and join', (t) =>
  simulateManyClean((world) =>
    manyFibers({ get: store, run: (value, f) => storage.run(value, f) }, world, (a, b) => t.is(a, b)),
  ));

test('a program begins with what was current around run', async (t) => {
  const seen = await storage.run('outside', () =>
    run(function* () {
      yield* sleep(0);
      return store();
    }),
  );
  t.is(seen, 'outside');
});

test('a fiber that was spawned outside of all stores sees none, whoever wakes it', (t) =>
  simulateManyClean(function* () {
    const bare = yield* spawn(function* () {
      let resume: (() => void) | undefined;
      storage.run('callback', () => queueMicrotask(() => resume!()));
      yield* suspend<void>((done) => {
        resume = () => done();
      });
      return store();
    });
    t.is(yield* bare.join(), undefined);
  }));

test('what enterWith sets stays across suspensions, goes to children, and to nobody else', (t) =>
  simulateManyClean(function* () {
    function* enters(value: string): Operation<void> {
      t.is(store(), undefined);
      storage.enterWith(value);
      for (let i = 0; i < 3; i++) {
        yield* yieldNow();
        t.is(store(), value);
      }
      yield* scope(function* () {
        yield* spawn(function* () {
          t.is(store(), value);
          storage.enterWith('of the child');
          yield* sleep(1);
        });
      });
      t.is(store(), value);
      storage.enterWith(`${value} again`);
      yield* sleep(1);
      t.is(store(), `${value} again`);
    }
    yield* scope(function* () {
      for (const value of ['a', 'b', 'c']) yield* spawn(enters, value);
    });
    t.is(store(), undefined);
  }));

test('a scope of a storage lasts across suspensions', (t) => {
  const { withScope } = storage as unknown as { withScope?: (value: string) => { dispose(): void } };
  if (withScope === undefined) return void t.pass('this version of Node has none');
  return simulateManyClean(function* () {
    const entered = withScope.call(storage, 'inside');
    yield* sleep(1);
    t.is(store(), 'inside');
    entered.dispose();
    yield* sleep(1);
    t.is(store(), undefined);
  });
});

test('several storages follow independently', (t) =>
  simulateManyClean(function* () {
    const other = new AsyncLocalStorage<number>();
    yield* withStore('ann', () =>
      inContext(
        (body) => other.run(1, body),
        function* () {
          yield* sleep(1);
          t.deepEqual([store(), other.getStore()], ['ann', 1]);
        },
      ),
    );
    t.deepEqual([store(), other.getStore()], [undefined, undefined]);
  }));

test('callbacks that a fiber starts see its store, also after its end', async (t) => {
  const seen: unknown[] = [];
  const note = (): void => void seen.push(store());
  await run(function* () {
    yield* withStore('ann', function* () {
      yield* sleep(0);
      void Promise.resolve().then(note);
      queueMicrotask(note);
      process.nextTick(note);
      void turn().then(note);
      yield* suspend<void>((resume) => {
        stat('.', () => {
          note();
          resume();
        });
      });
    });
    void turn().then(() => seen.push(store() ?? 'nothing'));
  });
  await turn();
  await turn();
  t.deepEqual(seen.sort(), ['ann', 'ann', 'ann', 'ann', 'ann', 'nothing']);
});

test('a cancelled fiber cleans up with its own store', (t) =>
  simulateManyClean(function* () {
    const seen: unknown[] = [];
    const fiber = yield* spawn(() =>
      withStore('ann', function* () {
        try {
          yield* scope(function* (work) {
            work.defer(() => void seen.push(store()));
            yield* sleep(1000);
          });
        } catch (error) {
          t.true(error instanceof CancelledError);
          seen.push(store());
          throw error;
        } finally {
          yield* shield(sleep(1));
          seen.push(store());
        }
      }),
    );
    yield* sleep(1);
    yield* withStore('bob', function* () {
      fiber.cancel();
      yield* sleep(5);
    });
    t.deepEqual(seen, ['ann', 'ann', 'ann']);
  }));

test('what undoes a wait is called with the store of who waits, not of who cancels', (t) =>
  simulateManyClean(function* () {
    const seen: unknown[] = [];
    function* waits(): Operation<void> {
      yield* suspend<void>(() => () => void seen.push(store()));
    }
    function* aborts(): Operation<void> {
      yield* abortable(
        (signal) =>
          new Promise((_, reject) => {
            signal.addEventListener('abort', () => {
              seen.push(store());
              reject(new Error('aborted'));
            });
          }),
      );
    }
    for (const f of [waits, aborts]) {
      const fiber = yield* spawn(() => withStore('ann', f));
      yield* sleep(1);
      yield* withStore('bob', function* () {
        fiber.cancel();
      });
      yield* sleep(1);
      // A deadline has no fiber that cancels.
      yield* moveOnAfter(1, withStore('carl', f));
    }
    t.deepEqual(seen, ['ann', 'carl', 'ann', 'carl']);
  }));

test('inContext puts back what was there, after a result, an error and a cancellation', (t) =>
  simulateManyClean(function* () {
    function* deep(): Operation<unknown> {
      yield* sleep(1);
      return store();
    }
    function* fails(): Operation<never> {
      yield* sleep(1);
      throw new Error(String(store()));
    }
    const seen = yield* withStore('ann', function* () {
      t.is(yield* call(deep), 'ann');
      t.is(yield* withStore('bob', deep), 'bob');
      t.is(store(), 'ann');
      try {
        yield* withStore('carl', fails);
      } catch (error) {
        t.is((error as Error).message, 'carl');
      }
      t.is(store(), 'ann');
      yield* moveOnAfter(
        1,
        withStore('dora', () => sleep(10)),
      );
      t.is(store(), 'ann');
      return yield* deep();
    });
    t.is(seen, 'ann');
    t.is(store(), undefined);
  }));

test('inContext keeps what was entered in it to itself, and finds what was entered before it', (t) =>
  simulateManyClean(function* () {
    storage.enterWith('before');
    yield* inContext(
      (body) => body(),
      function* () {
        t.is(store(), 'before');
        storage.enterWith('inside');
        yield* sleep(1);
        t.is(store(), 'inside');
      },
    );
    t.is(store(), 'before');
    storage.enterWith(undefined);
  }));

test('inContext hands on what its function is called with', (t) =>
  simulateClean(function* () {
    const sum = yield* inContext(
      (body: (a: number, b: number) => void) => body(1, 2),
      function* (a: number, b: number) {
        yield* sleep(1);
        return a + b;
      },
    );
    t.is(sum, 3);
  }));

test('inContext runs in the same step: no other fiber comes between', (t) =>
  simulateManyClean(function* () {
    let turns = 0;
    const other = yield* spawn(function* () {
      for (; turns < 100; turns++) yield* yieldNow();
    });
    yield* yieldNow();
    const before = turns;
    for (let i = 0; i < 10; i++) yield* withStore(i, function* () {});
    t.is(turns, before);
    other.cancel();
  }));

test('a loop of nothing but inContext starves nobody', (t) =>
  simulateManyClean(
    function* () {
      let stopped = false;
      yield* scope(function* () {
        yield* spawn(function* () {
          let loops = 0;
          while (!stopped && loops < 10_000) yield* withStore(loops++, function* () {});
          t.true(stopped);
        });
        yield* spawn(function* () {
          yield* yieldNow();
          stopped = true;
        });
      });
    },
    { runs: 5 },
  ));

test('inContext says what is wrong with its arguments', (t) =>
  simulateClean(function* () {
    const wrong: [(body: () => void) => unknown, RegExp][] = [
      [() => {}, /has to call the function that it is given/],
      [(body) => queueMicrotask(body), /has to call the function that it is given/],
      [(body) => (body(), body()), /twice/],
    ];
    for (const [enter, message] of wrong) {
      try {
        yield* inContext(enter, () => sleep(1));
        t.fail();
      } catch (error) {
        t.true(error instanceof MisuseError);
        t.regex((error as Error).message, message);
      }
    }
    t.throws(() => inContext(null as never, () => sleep(1)));
    t.throws(() => inContext((body) => body(), null as never));
    try {
      yield* inContext((body) => body(), (() => 1) as never);
      t.fail();
    } catch (error) {
      t.true(error instanceof MisuseError);
    }
    t.is(store(), undefined);
  }));

test('an operation of inContext that is iterated by hand is told so', (t) =>
  simulateClean(function* () {
    try {
      yield* scope(function* () {
        yield* spawn(function* () {
          const [first] = withStore('ann', () => sleep(1)) as Iterable<unknown>;
          t.is(first, undefined);
        });
      });
      t.fail();
    } catch (error) {
      t.true(error instanceof MisuseError, String(error));
    }
    t.is(store(), undefined);
  }));

test.serial('every resource of a fiber that hooks hear of is entered and left in pairs, and destroyed', async (t) => {
  const open = new Set<number>();
  const destroyed = new Set<number>();
  let depth = 0;
  let seen = 0;
  const hook = createHook({
    init(id, type) {
      if (type !== 'heddle.fiber') return;
      open.add(id);
      seen++;
    },
    before: (id) => void (open.has(id) && depth++),
    after: (id) => void (open.has(id) && depth--),
    destroy(id) {
      if (!open.has(id)) return;
      t.false(destroyed.has(id));
      destroyed.add(id);
    },
  }).enable();
  await run(function* () {
    yield* scope(function* (work) {
      for (let i = 0; i < 20; i++)
        work.spawn(function* () {
          yield* sleep(1);
          storage.enterWith(i);
          yield* withStore(i, () => sleep(1));
          if (i % 2 === 0) yield* moveOnAfter(1, sleep(100));
        });
    });
  });
  await turn();
  await turn();
  hook.disable();
  t.is(depth, 0);
  t.true(seen > 40);
  t.is(destroyed.size, seen);
});

test.serial('stores of fibers that have ended are garbage', async (t) => {
  setFlagsFromString('--expose_gc');
  const collect = runInNewContext('gc') as () => void;
  const stores: WeakRef<object>[] = [];
  await run(function* () {
    yield* scope(function* (work) {
      for (let i = 0; i < 1000; i++) {
        const value = { i };
        stores.push(new WeakRef(value));
        storage.run(value, () =>
          work.spawn(function* () {
            yield* sleep(1);
            yield* withStore({ value }, () => sleep(1));
          }),
        );
      }
    });
  });
  for (let i = 0; i < 5; i++) {
    await turn();
    collect();
  }
  const alive = stores.filter((ref) => ref.deref() !== undefined).length;
  t.true(alive < 10, `${alive} stores are alive`);
});

test('work that is let in later begins with the store that it came with', (t) => {
  class Noted extends Work {
    readonly seen: unknown[] = [];
    begin(): void {
      this.seen.push(store());
    }
    refuse(): void {}
  }
  const work = new Noted('kind', 1, true);
  storage.run('client', () => work.keepContext());
  storage.run('who made room', () => work.beginInContext({} as Admitted));
  t.deepEqual(work.seen, ['client']);
});

test('the stack of an error shows its fiber, and not what makes stores follow it', (t) =>
  simulateClean(function* () {
    const failing = scope(function* () {
      yield* spawn(function* part() {
        storage.enterWith('entered');
        yield* sleep(1);
        throw new Error('broken');
      });
    });
    const { stack } = (yield* thrownBy(failing)) as Error;
    t.regex(stack!, /^Error: broken\n.*async-context\.test.*\n {4}at fiber \d+ part, spawned by \w+$/);
  }));

test('a resource that is made in a fiber brings its store back', (t) =>
  simulateManyClean(function* () {
    const resource = yield* withStore('ann', function* () {
      yield* sleep(1);
      return new AsyncResource('test');
    });
    t.is(resource.runInAsyncScope(store), 'ann');
    t.is(store(), undefined);
  }));

test('a runtime inside of a fiber of another one disturbs neither', async (t) => {
  await run(function* () {
    storage.enterWith('outer');
    yield* sleep(0);
    const inner = suspend<unknown>((resume) => {
      void Promise.resolve().then(() =>
        run(function* () {
          const before = store();
          storage.enterWith('inner');
          yield* sleep(0);
          return [before, store()];
        }).then(resume),
      );
    });
    t.deepEqual(yield* inner, ['outer', 'inner']);
    t.is(store(), 'outer');
  });
});

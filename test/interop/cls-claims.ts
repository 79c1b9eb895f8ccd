import { setImmediate as turn } from 'node:timers/promises';
import type { TestFn } from 'ava';
import { createNamespace, destroyNamespace, getNamespace, type Namespace } from 'cls-hooked';
import { moveOnAfter, run, scope, sleep, spawn, suspend, yieldNow, type Operation } from 'heddle';
import { runIn } from 'heddle/cls-hooked';
import { simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';
import { manyFibers } from './follow-claims.js';

/** What holds of namespaces, whether stores follow too or not. */
export function claimsOfNamespaces(test: TestFn): void {
  const namespace = createNamespace('requests');
  const id = (): unknown => namespace.get('id');

  function withId<T>(value: unknown, f: () => Operation<T>): Operation<T> {
    return runIn(namespace, function* () {
      namespace.set('id', value);
      return yield* f();
    });
  }

  test('a namespace follows its fibers through every suspension, spawn and join', (t) =>
    simulateManyClean((world) => {
      const enter = (value: unknown, f: () => void): void =>
        namespace.run(() => {
          namespace.set('id', value);
          f();
        });
      return manyFibers({ get: id, run: enter }, world, (a, b) => t.is(a, b));
    }));

  test('runIn makes a context from the active one, which children share, and leaves it however it ends', (t) =>
    simulateManyClean(function* () {
      function* fails(): Operation<never> {
        yield* sleep(1);
        throw new Error(String(id()));
      }
      t.is(id(), undefined);
      yield* withId('ann', function* () {
        namespace.set('user', 1);
        yield* scope(function* () {
          yield* spawn(function* () {
            t.is(id(), 'ann');
            namespace.set('of the child', true);
          });
        });
        t.true(namespace.get('of the child'));
        yield* withId('bob', function* () {
          yield* sleep(1);
          t.deepEqual([id(), namespace.get('user')], ['bob', 1]);
        });
        t.is(id(), 'ann');
        try {
          yield* withId('carl', fails);
        } catch (error) {
          t.is((error as Error).message, 'carl');
        }
        t.is(id(), 'ann');
        yield* moveOnAfter(
          1,
          withId('dora', () => sleep(10)),
        );
        t.is(id(), 'ann');
      });
      t.is(id(), undefined);
    }));

  test('fromException finds the context of what an operation has thrown', (t) =>
    simulateClean(function* () {
      const error = new Error('boom');
      try {
        yield* withId('ann', function* () {
          yield* sleep(1);
          throw error;
        });
      } catch {
        // Expected.
      }
      const { fromException } = namespace as unknown as { fromException(error: Error): { id: unknown } | undefined };
      t.is((fromException(error) as { id: unknown }).id, 'ann');
    }));

  test('a context that is entered by hand stays until it is left', (t) =>
    simulateManyClean(function* () {
      function* one(value: number): Operation<void> {
        const context = namespace.createContext();
        namespace.enter(context);
        namespace.set('id', value);
        for (let i = 0; i < 3; i++) {
          yield* yieldNow();
          t.is(id(), value);
        }
        namespace.exit(context);
        t.is(id(), undefined);
        yield* yieldNow();
        t.is(id(), undefined);
      }
      yield* scope(function* () {
        for (let i = 0; i < 3; i++) yield* spawn(one, i);
      });
    }));

  test('callbacks that a fiber starts see its context', async (t) => {
    const seen: unknown[] = [];
    const note = (): void => void seen.push(id());
    await run(() =>
      withId('ann', function* () {
        yield* sleep(0);
        void Promise.resolve().then(note);
        void turn().then(note);
        process.nextTick(note);
        yield* sleep(0);
      }),
    );
    await turn();
    await turn();
    t.deepEqual(seen, ['ann', 'ann', 'ann']);
  });

  test('a fiber without a context sees none, whoever wakes it', (t) =>
    simulateManyClean(function* () {
      let resume: (() => void) | undefined;
      const bare = yield* spawn(function* () {
        yield* suspend<void>((done) => {
          resume = () => done();
        });
        return id();
      });
      yield* yieldNow();
      yield* withId('ann', function* () {
        yield* sleep(1);
        resume!();
        yield* sleep(1);
      });
      t.is(yield* bare.join(), undefined);
    }));

  test('what undoes a wait is called in the context of who waits', (t) =>
    simulateManyClean(function* () {
      const seen: unknown[] = [];
      const fiber = yield* spawn(() => withId('ann', () => suspend<void>(() => () => void seen.push(id()))));
      yield* sleep(1);
      yield* withId('bob', function* () {
        fiber.cancel();
        yield* sleep(1);
        t.is(id(), 'bob');
      });
      t.deepEqual(seen, ['ann']);
    }));

  test('namespaces may come and go while fibers run', (t) =>
    simulateClean(function* () {
      const early = yield* spawn(function* () {
        yield* sleep(1);
        return getNamespace('late')?.get('x') as unknown;
      });
      yield* withId('ann', function* () {
        yield* yieldNow();
        const late: Namespace = createNamespace('late');
        yield* runIn(late, function* () {
          late.set('x', 1);
          yield* yieldNow();
          t.deepEqual([late.get('x'), id()], [1, 'ann']);
        });
        yield* yieldNow();
        t.is(late.get('x'), undefined);
        late.enter(late.createContext());
        late.set('x', 2);
        const other = yield* spawn(() =>
          runIn(late, function* () {
            late.set('x', 3);
            yield* yieldNow();
            return late.get('x');
          }),
        );
        yield* yieldNow();
        t.is(late.get('x'), 2);
        t.is(yield* other.join(), 3);
        t.is(yield* early.join(), undefined);
        t.is(late.get('x'), 2);
        destroyNamespace('late');
        yield* spawn(function* () {});
        yield* yieldNow();
        t.is(id(), 'ann');
      });
      t.is(getNamespace('late') ?? null, null);
    }));

  test('an error that is frozen leaves `runIn` as it is', (t) =>
    simulateClean(function* () {
      const frozen = Object.freeze(new Error('frozen'));
      function* fails(): Operation<never> {
        throw frozen;
      }
      t.is(yield* thrownBy(runIn(namespace, fails)), frozen);
    }));

  test.serial('nothing of a fiber stays in a namespace', async (t) => {
    const insides = namespace as unknown as { readonly _contexts: Map<number, object>; readonly _set: unknown[] };
    const { _contexts, _set } = insides;
    const before = _contexts.size;
    await run(function* () {
      yield* scope(function* (work) {
        for (let i = 0; i < 500; i++)
          work.spawn(() =>
            withId(i, function* () {
              yield* yieldNow();
              yield* moveOnAfter(0, sleep(10));
              // Is never left.
              namespace.enter(namespace.createContext());
              yield* yieldNow();
            }),
          );
      });
    });
    for (let i = 0; i < 3; i++) await turn();
    t.true(_contexts.size - before < 50, `${_contexts.size - before} contexts`);
    t.is(insides._set, _set);
    t.deepEqual(_set, []);
    t.is(namespace.active, null);
  });
}

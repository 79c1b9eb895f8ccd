import test from 'ava';
import {
  abortable,
  all,
  call,
  channel,
  gate,
  moveOnAfter,
  race,
  run,
  scope,
  select,
  shield,
  sleep,
  spawn,
  suspend,
  until,
  withTimeout,
  type Operation,
} from 'heddle';
import { toPromise } from 'heddle/promises';
import { thrownBy } from '../support/thrown-by.js';

/* Anything can be thrown, and may throw itself as soon as somebody looks at it. */

const hostile: Readonly<Record<string, () => unknown>> = {
  'a proxy whose traps throw': () => new Proxy({}, trapped()),
  'a function whose traps throw': () => new Proxy(() => {}, trapped()),
  'a revoked proxy'() {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    return proxy;
  },
};

function trapped(): ProxyHandler<object> {
  return new Proxy({}, { get: (_, trap) => thrower(`the trap ${String(trap)} was called`) });
}

function thrower(message: string): () => never {
  return () => {
    throw new Error(message);
  };
}

/** How it comes to whoever catches it. */
const ways: Readonly<Record<string, (thrown: unknown) => Operation<unknown>>> = {
  'the body of a scope': (thrown) => scope(() => late(thrown)),
  'a fiber of a scope': (thrown) =>
    scope(function* () {
      yield* spawn(late, thrown);
    }),
  call: (thrown) => call(late, thrown),
  all: (thrown) => all([sleep(1000), late(thrown)]),
  race: (thrown) => race([sleep(1000), late(thrown)]),
  select: (thrown) => select({ late: until(Promise.reject(thrown)), never: sleep(1000) }),
  withTimeout: (thrown) => withTimeout(1000, late(thrown)),
  moveOnAfter: (thrown) => moveOnAfter(1000, late(thrown)),
  shield: (thrown) => shield(late(thrown)),
  until: (thrown) => until(Promise.reject(thrown)),
  abortable: (thrown) => abortable(() => Promise.reject(thrown)),
  suspend: (thrown) => suspend((resume) => setImmediate(resume.fail, thrown) && undefined),
  'a cleanup': (thrown) =>
    scope(function* (inner) {
      inner.defer(() => late(thrown));
    }),
  'the body of forEach'(thrown) {
    const jobs = channel<number>(1);
    jobs.trySend(1);
    return jobs.forEach(() => late(thrown));
  },
  gate: (thrown) =>
    scope(function* () {
      yield* gate({ name: 'work', goal: 1000 }).admit(late, thrown);
    }),
  toPromise: (thrown) =>
    scope(function* () {
      yield* until(toPromise(late(thrown)));
    }),
};

function* late(thrown: unknown): Operation<void> {
  yield* sleep(0);
  throw thrown;
}

for (const [what, make] of Object.entries(hostile)) {
  for (const [where, way] of Object.entries(ways))
    for (const recording of [true, false])
      test(`${what} out of ${where} is thrown as it is, ${recording ? '' : 'not '}recorded`, async (t) => {
        const thrown = make();
        t.true(
          await whileOthersRun(recording, function* () {
            return (yield* thrownBy(way(thrown))) === thrown;
          }),
        );
      });

  test(`a fiber that throws ${what} has failed with it, for who joins it before and after`, async (t) => {
    const thrown = make();
    const seen = await whileOthersRun(true, function* () {
      const errors: unknown[] = [];
      yield* thrownBy(
        scope(function* (inner) {
          const fiber = inner.spawn(late, thrown);
          errors.push(yield* shield(thrownBy(fiber.join())), yield* shield(thrownBy(fiber.join())), fiber.status);
        }),
      );
      return errors.map((error) => error === thrown || error);
    });
    t.deepEqual(seen, [true, true, 'failed']);
  });

  test(`a run is rejected with ${what}`, async (t) => {
    const thrown = make();
    t.true(
      await run(() => late(thrown)).then(
        () => false,
        (error) => error === thrown,
      ),
    );
  });
}

test('what throws when a result of a foreign iterator is looked at is the failure of the fiber', async (t) => {
  const results: readonly object[] = [
    Object.defineProperty({ done: false }, 'value', { get: thrower('looked at') }),
    new Proxy({ done: false }, { getPrototypeOf: thrower('looked at') }),
    Object.defineProperty({}, 'done', { get: afterwards(1) }),
    Object.defineProperty({}, 'done', { get: afterwards(2) }),
  ];
  for (const result of results) {
    const seen = await whileOthersRun(true, () =>
      thrownBy(
        scope(function* () {
          yield* spawn(() => ({ [Symbol.iterator]: () => ({ next: () => result }) }) as unknown as Operation<void>);
        }),
      ),
    );
    t.regex((seen as Error).message, /looked at|A fiber yielded `undefined`/);
  }
});

/** Says false so many times, then throws. */
function afterwards(looks: number): () => boolean {
  return () => {
    if (looks-- > 0) return false;
    throw new Error('looked at');
  };
}

test('what throws when it is looked at is thrown where it was yielded', async (t) => {
  const log: unknown[] = [];
  const next = (): object => Object.defineProperty({}, 'done', { get: afterwards(1) });
  const foreign = {
    [Symbol.iterator]: () => ({
      next,
      throw(error: Error) {
        throw error;
      },
    }),
  };
  await whileOthersRun(true, () =>
    call(function* () {
      try {
        yield* foreign as unknown as Operation<void>;
      } catch (error) {
        log.push((error as Error).message);
      } finally {
        yield* sleep(1);
        log.push('cleaned up');
      }
    }),
  );
  t.deepEqual(log, ['looked at', 'cleaned up']);
});

test('an iterator that answers what is thrown into it with more of the same is left', async (t) => {
  for (const result of [
    { done: false, value: 1 },
    new Proxy({ done: false }, { getPrototypeOf: thrower('looked at') }),
  ]) {
    const stubborn = { next: () => result, throw: () => result };
    const seen = await whileOthersRun(true, () =>
      thrownBy(
        scope(function* () {
          yield* spawn(() => ({ [Symbol.iterator]: () => stubborn }) as unknown as Operation<void>);
        }),
      ),
    );
    t.regex((seen as Error).message, /looked at|A fiber yielded `1`/);
  }
});

/** Runs `body`, and fails if the fibers beside it stop. */
function whileOthersRun<T>(recording: boolean, body: () => Operation<T>): Promise<T> {
  let turns = 0;
  return run(
    () =>
      scope(function* (inner) {
        inner.spawnDaemon(function* other() {
          for (;;) {
            yield* sleep(0);
            turns++;
          }
        });
        const result = yield* body();
        const before = turns;
        for (let wait = 0; wait < 100 && turns === before; wait++) yield* sleep(1);
        if (turns === before) throw new Error('the others stopped');
        return result;
      }),
    { recording },
  );
}

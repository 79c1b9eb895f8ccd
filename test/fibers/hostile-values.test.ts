import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import test from 'ava';
import {
  abortable,
  all,
  call,
  channel,
  gate,
  IoError,
  main,
  moveOnAfter,
  race,
  run,
  scope,
  select,
  shield,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  until,
  withTimeout,
  type Operation,
} from 'heddle';
import { connect, listen, type Connection } from 'heddle/net';
import { nodeFibers } from 'heddle/node-http';
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

/** How a function is started whose name is asked for. */
const starts: Readonly<Record<string, (f: () => Operation<string>) => Operation<unknown>>> = {
  *spawn(f) {
    return yield* (yield* spawn(f)).join();
  },
  'spawn in a scope': (f) => scope((inner) => inner.spawn(f).join()),
  call: (f) => call(f),
  'a call within a call': (f) =>
    call(function* () {
      return yield* call(f);
    }),
  'the body of a scope': (f) => scope(f),
  gate: (f) => scope(() => gate({ name: 'work', goal: 1000 }).admit(f)),
  toPromise: (f) => scope(() => until(toPromise(f()))),
  'the body of forEach'(f) {
    const jobs = channel<number>(1);
    jobs.trySend(1);
    let seen: string;
    return call(function* () {
      yield* jobs.forEach(
        nameless(function* () {
          seen = yield* f();
          jobs.close();
        }),
      );
      return seen;
    });
  },
};

/** Throws whoever asks for the name of `f`. */
function nameless<F extends Function>(f: F): F {
  return Object.defineProperty(f, 'name', { get: thrower('asked for the name') });
}

function named(): () => Operation<string> {
  return nameless(function* () {
    yield* sleep(0);
    return 'ran';
  });
}

for (const [where, start] of Object.entries(starts))
  for (const recording of [true, false])
    test(`a function whose name throws is run by ${where}, ${recording ? '' : 'not '}recorded`, async (t) => {
      t.is(await whileOthersRun(recording, () => start(named())), 'ran');
    });

test('a program whose name throws, or is none, is run', async (t) => {
  t.is(await run(named()), 'ran');
  t.is(await run(Object.defineProperty(named(), 'name', { value: Symbol('name') })), 'ran');
  let ran = '';
  await main(
    nameless(function* () {
      ran = yield* named()();
    }),
    { inspect: false },
  );
  t.is(ran, 'ran');
});

test('what a function returns whose name throws is told as of any other', async (t) => {
  const slip = nameless(() => 5) as unknown as () => Operation<void>;
  await t.throwsAsync(
    run(() => spawn(slip)),
    { message: /^Expected an operation, got `5`/ },
  );
  await t.throwsAsync(
    run(function* () {
      const over = yield* scope(function* (inner) {
        return inner;
      });
      over.spawn(named());
    }),
    { message: /^spawn of `anonymous` in a scope that has ended/ },
  );
});

test('handlers whose names throw serve, with a goal', async (t) => {
  const answer = await run(function* () {
    const listener = yield* listen({ port: 0, goal: 1000 });
    const handler = nameless(function* (connection: Connection) {
      yield* connection.write('heard');
    });
    yield* spawnDaemon(() => listener.serve(handler));
    return yield* (yield* connect({ port: listener.port })).read();
  });
  t.is(String(answer), 'heard');
  const fibers = nodeFibers({ goal: 1000 });
  const handler = nameless(function* (_request: IncomingMessage, response: ServerResponse) {
    response.end('heard');
  });
  const server = fibers.attach(createServer(fibers.handler(handler))).listen(0);
  await once(server, 'listening');
  const response = await fetch(`http://localhost:${(server.address() as AddressInfo).port}`);
  t.is(await response.text(), 'heard');
  await fibers.close();
});

test('options that throw when they are read fail what they are for', async (t) => {
  const hiding = (options: { port: number }): { port: number } =>
    Object.defineProperty(options, 'halfOpen', { get: thrower('looked at') });
  await run(function* () {
    const { port } = yield* listen({ port: 0 });
    for (const operation of [listen(hiding({ port: 0 })), connect(hiding({ port }))])
      t.is(((yield* thrownBy(operation)) as Error).message, 'looked at');
  });
});

test('what throws when a result of a foreign iterator is looked at is the failure of the fiber', async (t) => {
  const results: readonly [result: object, message: RegExp][] = [
    [Object.defineProperty({ done: false }, 'value', { get: thrower('looked at') }), /^looked at$/],
    [new Proxy({ done: false }, { getPrototypeOf: thrower('looked at') }), /^looked at$/],
    [Object.defineProperty({}, 'done', { get: afterwards(1) }), /^looked at$/],
    // Nobody looks a third time.
    [Object.defineProperty({}, 'done', { get: afterwards(2) }), /^A fiber yielded `undefined`/],
  ];
  for (const [result, message] of results) {
    const seen = await whileOthersRun(true, () =>
      thrownBy(
        scope(function* () {
          yield* spawn(() => ({ [Symbol.iterator]: () => ({ next: () => result }) }) as unknown as Operation<void>);
        }),
      ),
    );
    t.regex((seen as Error).message, message);
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
  for (const [result, message] of [
    [{ done: false, value: 1 }, /^A fiber yielded `1`/],
    [new Proxy({ done: false }, { getPrototypeOf: thrower('looked at') }), /^looked at$/],
  ] as const) {
    const stubborn = { next: () => result, throw: () => result };
    const seen = await whileOthersRun(true, () =>
      thrownBy(
        scope(function* () {
          yield* spawn(() => ({ [Symbol.iterator]: () => stubborn }) as unknown as Operation<void>);
        }),
      ),
    );
    t.regex((seen as Error).message, message);
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

test('an error of the system that is frozen is thrown as it is', async (t) => {
  const frozen = Object.freeze(new IoError('read', new Error('gone')));
  await run(function* () {
    t.is(yield* thrownBy(suspend((resume) => void setImmediate(() => resume.fail(frozen)))), frozen);
  });
});

test('whatever causes an IoError, that says what it can', (t) => {
  const said = (cause: unknown): string[] => {
    const { message, system } = new IoError('read', cause);
    return [message, system];
  };
  t.deepEqual(said(undefined), ['read: undefined', 'UNKNOWN']);
  t.deepEqual(said(null), ['read: null', 'UNKNOWN']);
  t.deepEqual(said('gone'), ['read: gone', 'UNKNOWN']);
  t.deepEqual(said(new DOMException('stopped', 'AbortError')), ['read: stopped', 'UNKNOWN']);
  t.deepEqual(said(Object.assign(new Error('gone'), { code: 'EPIPE' })), ['read: EPIPE gone', 'EPIPE']);
});

import { fileURLToPath } from 'node:url';
import { Readable } from 'node:stream';
import test from 'ava';
import {
  abortable,
  all,
  ArgumentError,
  call,
  channel,
  event,
  main,
  MisuseError,
  moveOnAfter,
  now,
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
  yieldNow,
  type Operation,
} from 'heddle';
import { forEachChunk } from 'heddle/fs';
import { connect, listen } from 'heddle/net';
import { fromAsyncIterable, toAsyncIterable } from 'heddle/promises';
import { forEachLine, readAll, toReadable } from 'heddle/streams';
import { simulate } from 'heddle/testing';
import { simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

/* What the types forbid, as it comes from JavaScript. */
const anything = (value: unknown): never => value as never;
function* noop(): Operation<void> {}
const here = fileURLToPath(import.meta.url);
function riddle(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

const foreign: Record<string, [body: () => Generator, message: RegExp]> = {
  'a promise': [
    function* () {
      yield Promise.resolve(1);
    },
    /A promise was yielded: write `yield\* until\(promise\)`/,
  ],
  'a number': [
    function* () {
      yield 5;
    },
    /A fiber yielded `5` \(number\)/,
  ],
  nothing: [
    function* () {
      yield;
    },
    /A fiber yielded `undefined`/,
  ],
  'an operation without the star': [
    function* () {
      yield sleep(1);
    },
    /`yield` of a `sleep` operation: write `yield\*`/,
  ],
  'a generator without the star': [
    function* () {
      yield noop();
    },
    /`yield` of an operation: write `yield\*`/,
  ],
  'a call without the star': [
    function* () {
      yield call(noop);
    },
    /`yield` of a `custom\(call\)` operation: write `yield\*`/,
  ],
  'a spawn without the star': [
    function* () {
      yield spawn(noop);
    },
    /`yield` of an operation: write `yield\*`/,
  ],
  'yieldNow without the star': [
    function* () {
      yield yieldNow();
    },
    /write `yield\*`/,
  ],
  'the items of an array': [
    function* () {
      yield* [1, 2];
    },
    /A fiber yielded `1` \(number\)/,
  ],
  'the letters of a string': [
    function* () {
      yield* 'ab';
    },
    /A fiber yielded `a` \(string\)/,
  ],
  'a symbol': [
    function* () {
      yield Symbol('s');
    },
    /A fiber yielded `Symbol\(s\)` \(symbol\)/,
  ],
  'what throws at every question': [
    function* () {
      yield riddle();
    },
    /A fiber yielded an object of class `unknown`/,
  ],
  'a function that throws at every question': [
    function* () {
      const { proxy, revoke } = Proxy.revocable(noop, {});
      revoke();
      yield proxy;
    },
    /A fiber yielded function `anonymous`/,
  ],
};

for (const [name, [body, message]] of Object.entries(foreign)) {
  test(`yielding ${name} is answered by an error that names the fix`, async (t) => {
    const error = await t.throwsAsync(simulateClean(anything(body)), { instanceOf: MisuseError });
    t.regex(error.message, message);
  });

  test(`yielding ${name} throws where it was yielded, and the fiber can go on`, async (t) => {
    const result = await simulateClean(function* () {
      try {
        yield* anything(body()) as Operation<void>;
      } catch {
        yield* sleep(1);
        return 'went on';
      }
      return 'not thrown';
    });
    t.is(result, 'went on');
  });
}

const byHand: Record<string, () => Operation<unknown>> = {
  'for…of over a sleep': function* () {
    for (const _ of anything(sleep(10)) as Iterable<unknown>);
  },
  'spreading a sleep': function* () {
    return [...(anything(sleep(10)) as Iterable<unknown>)];
  },
  'destructuring all() without yield*': function* () {
    const [a, b] = anything(all([sleep(10), sleep(20)])) as unknown[];
    return [a, b];
  },
  'destructuring all() and carrying on': function* () {
    try {
      const [a] = anything(all([sleep(10), suspend()])) as unknown[];
      return a;
    } catch {
      return yield* sleep(100);
    }
  },
  'destructuring a scope with a body that waits': function* () {
    const [a] = anything(
      withTimeout(
        5,
        scope((inner) => (inner.spawn(() => suspend()), suspend())),
      ),
    ) as unknown[];
    return a;
  },
  'destructuring a receive, and sending to oneself': function* () {
    const jobs = channel<number>();
    const [a] = anything(jobs.receive()) as unknown[];
    jobs.trySend(1);
    yield* sleep(1);
    return a;
  },
  'destructuring a receive and returning': function* () {
    const [a] = anything(channel<number>().receive()) as unknown[];
    return a;
  },
  'destructuring an abortable': function* () {
    const [a] = anything(
      abortable((signal) => new Promise<void>((done) => signal.addEventListener('abort', () => done()))),
    ) as unknown[];
    return a;
  },
  'for…of over yieldNow': function* () {
    for (const _ of anything(yieldNow()) as Iterable<unknown>);
  },
  'destructuring yieldNow': function* () {
    const [a] = anything(yieldNow()) as unknown[];
    yield* sleep(1);
    return a;
  },
  'next() on a generator that waits': function* () {
    const operation = (function* () {
      yield* sleep(1);
    })();
    operation.next();
    yield* sleep(5);
  },
  'the same, inside of a call': () =>
    call(function* () {
      yield* scope(function* () {
        const [a] = anything(all([sleep(10), sleep(20)])) as unknown[];
        return a;
      });
    }),
  'the same, beside fibers of its own': () =>
    scope(function* (inner) {
      inner.spawn(() => suspend());
      const [a] = anything(race([sleep(10), sleep(20)])) as unknown[];
      return a;
    }),
};

for (const [name, body] of Object.entries(byHand)) {
  test(`${name} is an error that names the fix, and nothing is left behind`, (t) =>
    simulateManyClean(
      function* () {
        let error: unknown;
        try {
          yield* call(function* () {
            yield* scope(body);
            yield* sleep(0);
          });
        } catch (caught) {
          error = caught;
        }
        t.true(error instanceof MisuseError);
        t.regex((error as Error).message, /write `yield\*`/);
        yield* sleep(1000);
      },
      { runs: 3 },
    ));
}

test('an operation that is iterated by hand stops its own fiber and nobody else', (t) =>
  simulateManyClean(function* () {
    let served = 0;
    try {
      yield* scope(function* (inner) {
        inner.spawn(function* server() {
          try {
            for (;;) {
              yield* sleep(10);
              served++;
            }
          } catch {
            // Its scope fails.
          }
        });
        inner.spawn(function* () {
          yield* sleep(35);
          const [a] = anything(all([suspend(), suspend()])) as unknown[];
          return a;
        });
      });
    } catch (error) {
      t.true(error instanceof MisuseError);
    }
    t.is(served, 3);
    yield* sleep(10);
  }));

test('an operation runs once', async (t) => {
  const twice = (operation: Operation<unknown>) =>
    function* (): Operation<void> {
      yield* operation;
      yield* operation;
    };
  const done = event();
  done.set();
  for (const operation of [sleep(1), done.wait(), channel<number>(1).send(1), spawn(noop), call(noop)]) {
    const error = await t.throwsAsync(simulateClean(twice(operation)), { instanceOf: MisuseError });
    t.regex(error.message, /has been run already/);
  }
});

test('one operation run by two fibers is an error in the second', async (t) => {
  const error = await t.throwsAsync(
    simulateClean(function* () {
      const operation = sleep(10);
      for (let i = 0; i < 2; i++)
        yield* spawn(function* () {
          yield* operation;
        });
    }),
    { instanceOf: MisuseError },
  );
  t.regex(error.message, /`sleep` operation has been run already/);
});

test('one generator run by two fibers is an error, and does not hang', (t) =>
  simulateManyClean(function* () {
    const operation = (function* (): Operation<void> {
      yield* yieldNow();
      yield* sleep(1);
      yield* yieldNow();
    })();
    let error: unknown;
    try {
      yield* scope(function* (inner) {
        for (let i = 0; i < 2; i++)
          inner.spawn(function* () {
            yield* operation;
          });
      });
    } catch (caught) {
      error = caught;
    }
    // Whoever comes after the other has finished sees an empty operation: that cannot be told from a short one.
    if (error !== undefined)
      t.true([error, ...((error as AggregateError).errors ?? [])].some((one) => one instanceof MisuseError));
  }));

test('all and race refuse one generator in two places', async (t) => {
  for (const combine of [all, race]) {
    const error = await t.throwsAsync(
      simulateClean(function* () {
        const operation = noop();
        yield* combine([operation, operation]);
      }),
      { instanceOf: MisuseError },
    );
    t.regex(error.message, /`operations\[1\]` stands there twice/);
  }
  await simulateClean(() => all([yieldNow(), yieldNow()]));
});

test('select refuses one operation in two branches', async (t) => {
  const error = await t.throwsAsync(
    simulateClean(function* () {
      const operation = sleep(1);
      yield* select({ a: operation, b: operation });
    }),
    { instanceOf: ArgumentError },
  );
  t.regex(error.message, /different operations/);
});

test('an operation that is returned instead of run is reported', async (t) => {
  const slips: (() => Operation<unknown>)[] = [
    function* slip() {
      return sleep(1);
    },
    function* slip() {
      return noop();
    },
    function* slip() {
      return yieldNow();
    },
    function* slip() {
      return spawn(noop);
    },
  ];
  for (const slip of slips) {
    const error = await t.throwsAsync(
      simulateClean(() => scope((inner) => (inner.spawn(slip), noop()))),
      {
        instanceOf: MisuseError,
      },
    );
    t.regex(error.message, /`slip` returned an operation that was never run: write `return yield\* …`/);
    const root = await t.throwsAsync(run(slip), { instanceOf: MisuseError });
    t.regex(root.message, /`slip` returned an operation/);
  }
});

/** What runs a body and gives its result to nobody. */
const droppers: Readonly<Record<string, (slip: () => Operation<void>) => Operation<unknown>>> = {
  'the body of forEach of a channel'(slip) {
    const jobs = channel<number>(1);
    jobs.trySend(1);
    jobs.close();
    return jobs.forEach(slip);
  },
  'the body of forEachLine': (slip) => forEachLine(Readable.from(['a\n']), slip),
  'the body of forEachChunk': (slip) => forEachChunk(here, slip),
  'the body of forEachChunk of a range': (slip) => forEachChunk(here, slip, { start: 1, end: 2 }),
  *'the body of forEach of an async iterable'(slip) {
    yield* fromAsyncIterable(Readable.from(['a'])).forEach(slip);
  },
  'the producer of a stream': (slip) => readAll(toReadable(slip)),
  'the producer of an async iterable': (slip) => until(toAsyncIterable(slip).next()),
  *'the handler of a listener'(slip) {
    const listener = yield* listen({ port: 0 });
    const told = channel<unknown>(1);
    yield* spawnDaemon(() => listener.serve(slip, { onError: (error) => void told.trySend(error) }));
    yield* connect({ port: listener.port });
    throw yield* told.receive();
  },
};
for (const [name, drop] of Object.entries(droppers))
  test(`an operation that ${name} returns is reported`, async (t) => {
    const slip = function* slip(): Operation<never> {
      return sleep(1) as never;
    };
    const error = await t.throwsAsync(
      run(() => scope(() => drop(slip))),
      { instanceOf: MisuseError },
    );
    t.regex(error.message, /`slip` returned an operation that was never run: write `return yield\* …`/);
  });

const notOperations: [name: string, body: () => unknown, message: RegExp][] = [
  [
    'run of an async function',
    () => run(anything(async () => {})),
    /got an object of class `Promise`.*until\(promise\)/,
  ],
  [
    'run of a plain function',
    () =>
      run(
        anything(function plain() {
          return 5;
        }),
      ),
    /Expected `plain` to return an operation, got `5`/,
  ],
  [
    'spawn of a plain function',
    () => run(() => spawn(anything(function plain() {}))),
    /Expected `plain` to return an operation, got `undefined`/,
  ],
  [
    'spawn of an async function',
    () => run(() => spawn(anything(async function asynchronous() {}))),
    /`asynchronous` to return an operation, got an object of class `Promise`/,
  ],
  [
    'call of a plain function',
    () => run(() => call(anything(function plain() {}))),
    /Expected `plain` to return an operation/,
  ],
  [
    'a scope with a plain body',
    () => run(() => scope(anything(function body() {}))),
    /Expected `body` to return an operation/,
  ],
  [
    'forEach with a plain body',
    () =>
      run(function* () {
        const jobs = channel<number>(1);
        yield* jobs.send(1);
        yield* jobs.forEach(anything(function body() {}));
      }),
    /Expected `body` to return an operation/,
  ],
  [
    'call of a function that returns an array',
    () =>
      run(() =>
        call(
          anything(function list() {
            return [1];
          }),
        ),
      ),
    /Expected `list` to return an operation, got an object of class `Array`: is it a function\*\?/,
  ],
  [
    'a scope whose body returns an empty array',
    () =>
      run(() =>
        scope(
          anything(function body() {
            return [];
          }),
        ),
      ),
    /Expected `body` to return an operation, got an object of class `Array`/,
  ],
  ['a time limit for a buffer', () => run(() => withTimeout(5, anything(Buffer.from('a')))), /class `Buffer`: is it/],
  ['a shield for a map', () => run(() => shield(anything(new Map([[1, 2]])))), /class `Map`: is it a function\*\?/],
  [
    'withTimeout of a promise',
    () => run(() => withTimeout(5, anything(Promise.resolve()))),
    /Expected an operation, got an object of class `Promise`: .*until/,
  ],
  [
    'moveOnAfter of nothing',
    () => run(() => moveOnAfter(5, anything(undefined))),
    /Expected an operation, got `undefined`/,
  ],
  [
    'shield of a promise',
    () => run(() => shield(anything(Promise.resolve()))),
    /Expected an operation, got an object of class `Promise`/,
  ],
];
for (const [name, body, message] of notOperations)
  test(`${name} is answered by an error that names the fix`, async (t) => {
    const error = await t.throwsAsync(body() as Promise<unknown>, { instanceOf: MisuseError });
    t.regex(error.message, message);
  });

const badArguments: [name: string, body: () => unknown, message: RegExp][] = [
  ['spawn of a generator', () => spawn(anything(noop())), /Expected `f` to be a function, got .* `Generator`/],
  ['call of a generator', () => call(anything(noop())), /Expected `f` to be a function/],
  ['until of a number', () => until(anything(5)), /Expected `promise` to be a promise, got `5` \(number\)/],
  ['until of nothing', () => until(anything(undefined)), /Expected `promise` to be a promise, got `undefined`/],
  ['suspend of a string', () => suspend(anything('x')), /Expected `register` to be a function/],
  ['abortable of a promise', () => abortable(anything(Promise.resolve())), /Expected `start` to be a function/],
  ['a name that is a number', () => channel(0, { name: anything(5) }), /Expected `name` to be a text, got `5`/],
  ['main of nothing', () => main(anything(undefined)), /Expected `f` to be a function, got `undefined`/],
  ['main with a wrong option', () => main(noop, { sliceMs: -1 }), /Expected `sliceMs`/],
];
for (const [name, body, message] of badArguments)
  test(`${name} is refused at once, outside of fibers too`, (t) => {
    t.regex(t.throws(body, { instanceOf: ArgumentError })!.message, message);
  });

const badInside: [name: string, body: () => Operation<unknown>, message: RegExp][] = [
  ['all of promises', () => all([anything(Promise.resolve())]), /Expected `operations\[0\]` to be an operation/],
  ['all of arrays', () => all([anything([1, 2])]), /`operations\[0\]` to be an operation, got .* `Array`/],
  ['race of texts', () => race([anything('ab')]), /`operations\[0\]` to be an operation, got `ab` \(string\)/],
  ['all of no array', () => all(anything(5)), /Expected `operations` to be an array of operations, got `5`/],
  ['all of a list with a hole', () => all(anything(Array(1))), /Expected `operations\[0\]` to be an operation/],
  ['race of nothing', () => race([]), /at least one operation/],
  [
    'a fiber of a scope that is a generator',
    () => scope((inner) => (inner.spawn(anything(noop())), noop())),
    /Expected `f` to be a function, got .* `Generator`/,
  ],
  [
    'a daemon of a scope that is nothing',
    () => scope((inner) => (inner.spawnDaemon(anything(undefined)), noop())),
    /Expected `f` to be a function/,
  ],
  ['forEach of nothing', () => channel().forEach(anything(undefined)), /Expected `body` to be a function/],
  [
    'a registration that returns a timer',
    () => suspend(anything(() => setImmediate(noop))),
    /`register` to be a function that returns nothing, or how to undo/,
  ],
  ['select of a generator', () => select({ a: noop() }), /Expected `branches.a` to be a fresh leaf operation/],
  ['select of a call', () => select({ a: call(noop) }), /Expected `branches.a` to be a fresh leaf operation/],
  [
    'select of what was run already',
    function* () {
      const done = sleep(0);
      yield* done;
      yield* select({ a: done });
    },
    /Expected `branches.a` to be a fresh leaf operation/,
  ],
  ['select of nothing', () => select({}), /at least one operation/],
  [
    'abortable without a promise',
    () => abortable(anything(() => 5)),
    /Expected `start` to be a function that returns a promise/,
  ],
];
for (const [name, body, message] of badInside)
  test(`${name} is refused`, async (t) => {
    const error = await t.throwsAsync(simulateClean(body), { instanceOf: ArgumentError });
    t.regex(error.message, message);
  });

test('outside of fibers the error says where operations run', (t) => {
  t.regex(
    t.throws(() => [...(anything(sleep(1)) as Iterable<unknown>)])!.message,
    /`sleep` was reached outside of a fiber/,
  );
  t.regex(
    t.throws(() => [...(anything(yieldNow()) as Iterable<unknown>)])!.message,
    /`yieldNow` was reached outside of a fiber/,
  );
  t.regex(t.throws(() => now())!.message, /`now` works only inside a fiber/);
  t.throws(
    () =>
      (anything(scope(noop)[Symbol.iterator]() as unknown as { next(): void }) as { next(): void }) &&
      void [...(anything(scope(noop)) as Iterable<unknown>)],
    {
      instanceOf: MisuseError,
    },
  );
});

test('a run inside of a run is refused with the way to write it', async (t) => {
  const error = await t.throwsAsync(
    run(function* () {
      run(noop);
    }),
    { instanceOf: MisuseError },
  );
  t.regex(error.message, /`yield\* f\(\)`, or `yield\* spawn\(f\)`/);
});

test('a run may be started from a callback while another waits', async (t) => {
  const value = await run(function* () {
    return yield* until(
      new Promise<number>((resolve) =>
        setImmediate(() =>
          run(function* () {
            yield* sleep(1);
            return 7;
          }).then(resolve),
        ),
      ),
    );
  });
  t.is(value, 7);
});

test('a fiber that joins itself is told so', async (t) => {
  const error = await t.throwsAsync(
    simulateClean(function* () {
      const self = yield* spawn(function* selfish(): Operation<void> {
        yield* sleep(1);
        yield* self.join();
      });
    }),
    { instanceOf: MisuseError },
  );
  t.regex(error.message, /joins itself/);
});

test('callbacks of the program that throw fail the fiber that waits and nothing else', (t) =>
  simulateManyClean(function* () {
    const failures: Record<string, () => Operation<unknown>> = {
      register: () =>
        suspend(() => {
          throw new Error('register');
        }),
      undo: () =>
        moveOnAfter(
          5,
          suspend(() => () => {
            throw new Error('undo');
          }),
        ),
      start: () =>
        abortable(() => {
          throw new Error('start');
        }),
      then: () =>
        until({
          then() {
            throw new Error('then');
          },
        }),
      'then in select': () =>
        select({
          a: sleep(5),
          b: until({
            then() {
              throw new Error('then in select');
            },
          }),
        }),
    };
    for (const [name, operation] of Object.entries(failures)) {
      let error: unknown;
      try {
        yield* operation();
      } catch (caught) {
        error = caught;
      }
      t.is((error as Error).message, name);
    }
    yield* sleep(10);
  }));

test('a registration that cancels its own scope is undone', (t) =>
  simulateManyClean(function* ({ events, log }) {
    const fiber = yield* spawn(() =>
      suspend<void>(() => {
        fiber.cancel();
        return () => log('undone');
      }),
    );
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.deepEqual(events, ['undone']);
  }));

test('what undoes a registration that has cancelled its own scope may throw, and the scope says so', (t) =>
  simulateManyClean(function* () {
    for (const wait of [
      (registration: Operation<void>) => registration,
      (registration: Operation<void>) => select({ registration, late: sleep(5) }),
    ]) {
      const cancelling = scope(function* (inner) {
        const registration = suspend<void>(() => {
          inner.cancel();
          return () => {
            throw new Error('undo');
          };
        });
        yield* wait(registration);
      });
      t.is(((yield* thrownBy(cancelling)) as Error).message, 'undo');
    }
  }));

test('a main inside of a main is refused', async (t) => {
  let error: unknown;
  await main(
    function* () {
      try {
        yield* until(main(noop));
      } catch (caught) {
        error = caught;
      }
    },
    { inspect: false },
  );
  t.true(error instanceof MisuseError);
});

test('a main inside of a run is refused at once, and the process may have one afterwards', async (t) => {
  await run(function* () {
    t.throws(() => void main(noop, { inspect: false }), { instanceOf: MisuseError });
  });
  await t.notThrowsAsync(main(noop, { inspect: false }));
});

test('a loop that swallows failures that come at once starves nobody', async (t) => {
  const gaveUp = await simulate(function* () {
    const jobs = channel<number>();
    jobs.close();
    let stop = false;
    yield* spawn(function* () {
      for (let i = 0; i < 3; i++) yield* yieldNow();
      stop = true;
    });
    while (!stop)
      try {
        yield* jobs.receive();
      } catch {
        // A worker that logs and goes on.
      }
    return true;
  });
  t.true(gaveUp);
});

test('a fiber may return what throws at every question', async (t) => {
  const value = await simulateClean(function* () {
    const fiber = yield* spawn(function* () {
      return riddle();
    });
    yield* fiber.join();
    return 'went on';
  });
  t.is(value, 'went on');
});

test('a generator that is ended by hand while a fiber waits in it stops those two and nobody else', (t) =>
  simulateManyClean(function* () {
    let served = 0;
    yield* spawn(function* server() {
      for (; served < 30; served++) yield* sleep(1);
    });
    const error = yield* thrownBy(
      scope(function* (inner) {
        const operation = (function* (): Operation<void> {
          try {
            yield* sleep(5);
          } finally {
            yield* sleep(1);
          }
        })();
        inner.spawn(function* () {
          yield* operation;
          yield* sleep(1);
        });
        yield* sleep(1);
        (operation as unknown as Generator).return(undefined);
        yield* sleep(1);
      }),
    );
    t.true(((error as AggregateError).errors ?? [error]).every((one) => one instanceof MisuseError));
    yield* sleep(100);
    t.is(served, 30);
  }));

test('what was received in a generator that two fibers drive has come once', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(1);
    const operation = (function* (): Operation<void> {
      try {
        yield* suspend();
      } finally {
        yield* jobs.receive();
      }
    })();
    yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(function* () {
          yield* operation;
        });
        yield* sleep(1);
        (operation as unknown as Generator).return(undefined);
        jobs.trySend(1);
      }),
    );
    (jobs as unknown as { exchange: { validate(): void } }).exchange.validate();
    const receiver = yield* spawn(() => jobs.receive());
    yield* sleep(1);
    yield* withTimeout(10, jobs.send(2));
    t.true([1, 2].includes(yield* receiver.join()));
  }));

test('a run with something else for a signal begins nothing', async (t) => {
  let begun = false;
  const error = t.throws(
    () =>
      run(
        function* () {
          begun = true;
          yield* sleep(1);
        },
        { signal: anything(new AbortController()) },
      ),
    { instanceOf: ArgumentError },
  );
  await new Promise((resolve) => setImmediate(resolve));
  t.regex(error.message, /Expected `signal` to be an AbortSignal, got an object of class `AbortController`/);
  t.false(begun);
});

test('of several promises given in place of operations none ends the process, and the error names the fix', async (t) => {
  const failing = (): never => anything(Promise.reject(new Error('nobody hears of it')));
  const mistakes: [() => Operation<unknown>, RegExp][] = [
    [() => all([sleep(1), failing(), failing()]), /`operations\[1\]` .* class `Promise`: .*`yield\* until\(promise\)`/],
    [() => race([failing(), failing()]), /`operations\[0\]` .* class `Promise`: .*`yield\* until\(promise\)`/],
    [() => all([anything(noop)]), /`operations\[0\]` .* function `noop`: it has to be called first/],
    [() => select({ a: failing(), b: failing() }), /`branches\.a` .* class `Promise`/],
  ];
  for (const [body, message] of mistakes) {
    const error = await t.throwsAsync(run(body), { instanceOf: ArgumentError });
    t.regex(error.message, message);
    await new Promise((resolve) => setImmediate(resolve));
  }
});

import { EventEmitter, on } from 'node:events';
import { PassThrough } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import test from 'ava';
import {
  abortable,
  BusyError,
  call,
  CancelledError,
  ClosedError,
  event,
  moveOnAfter,
  run,
  scope,
  semaphore,
  sleep,
  spawn,
  suspend,
  until,
  withTimeout,
  type Operation,
  type Scope,
} from 'heddle';
import {
  abortSignal,
  fromAsyncIterable,
  openScope,
  own,
  toAsyncIterable,
  toPromise,
  withSignal,
} from 'heddle/promises';
import { reader, writer } from 'heddle/streams';
import { simulateClean, simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

function* fails(error: unknown): Operation<never> {
  yield* sleep(1);
  throw error;
}

test('a promise has the value of its operation, and settles after the fibers that this started', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const promise = toPromise(
      (function* () {
        yield* spawn(function* () {
          yield* sleep(5);
          log('child');
        });
        return 1;
      })(),
    );
    t.is(yield* until(promise), 1);
    t.deepEqual(events, ['child']);
  }));

test('what an operation throws is its promise’s and not its scope’s', (t) =>
  simulateManyClean(function* () {
    const boom = new Error('boom');
    t.is(yield* thrownBy(until(toPromise(fails(boom)))), boom);
    yield* sleep(1);
  }));

test('the stack of a rejection shows the calls of the fiber, and so does that of an iterable', (t) =>
  simulateClean(function* () {
    function* failing(): Operation<never> {
      yield* sleep(1);
      throw new Error('broken');
    }
    const ticks = toAsyncIterable<number>(function* producer() {
      yield* call(failing);
    });
    for (const ask of [() => toPromise(call(failing)), () => ticks.next()]) {
      const { stack } = (yield* thrownBy(until(ask()))) as Error;
      t.regex(stack!, /^Error: broken\n.*at failing \(.*promises\.test/);
      t.regex(stack!, /\n {4}at fiber \d+ [^\n]*$/);
      t.notRegex(stack!, /run-loop|drive\.[jt]s/);
    }
  }));

test('an operation that is stopped by a scope of its own rejects its promise, and nothing else', (t) =>
  simulateManyClean(function* () {
    const stopsItself = scope(function* (inner) {
      inner.cancel();
      yield* sleep(1);
    });
    t.true((yield* thrownBy(until(toPromise(stopsItself)))) instanceof CancelledError);
    yield* sleep(1);
  }));

test('an aborted signal cancels the operation, and the promise rejects with its reason after the finally blocks', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const controller = new AbortController();
    const promise = toPromise(
      (function* () {
        try {
          yield* suspend();
        } finally {
          log('finally');
        }
      })(),
      { signal: controller.signal },
    );
    yield* sleep(1);
    controller.abort('enough');
    t.is(yield* thrownBy(until(promise)), 'enough');
    t.deepEqual(events, ['finally']);
  }));

test('with a signal that is aborted already nothing is begun', (t) =>
  simulateManyClean(function* () {
    const signal = AbortSignal.abort('before');
    let begun = false;
    function* begins(): Operation<void> {
      begun = true;
    }
    t.is(yield* thrownBy(until(toPromise(begins(), { signal }))), 'before');
    t.is(yield* thrownBy(withSignal(signal, begins())), 'before');
    t.false(begun);
  }));

test('a cancelled scope rejects the promises of its fibers, which nobody has to look at; an aborted signal too', async (t) => {
  const unhandled: unknown[] = [];
  const note = (reason: unknown): void => void unhandled.push(reason);
  process.on('unhandledRejection', note);
  let promise: Promise<unknown> | undefined;
  await simulateClean(function* () {
    const controller = new AbortController();
    const { signal } = controller;
    void toPromise(suspend(), { signal });
    controller.abort('too late');
    void toPromise(suspend(), { signal });
    yield* sleep(1);
  });
  await simulateClean(function* () {
    yield* moveOnAfter(
      5,
      scope(function* () {
        promise = toPromise(suspend());
        yield* suspend();
      }),
    );
  });
  await pause(1);
  process.off('unhandledRejection', note);
  t.deepEqual(unhandled, []);
  await t.throwsAsync(promise!, { instanceOf: CancelledError });
});

test('plain code starts operations in a scope that it was given, and in one that has ended it cannot', async (t) => {
  let outer: Scope | undefined;
  await simulateClean(function* () {
    yield* scope(function* (inner) {
      outer = inner;
      const done = event();
      setImmediate(() => {
        void toPromise(sleep(1), { scope: inner }).then(() => done.set());
      });
      yield* done.wait();
    });
  });
  await t.throwsAsync(toPromise(sleep(1), { scope: outer! }), { code: 'ERR_HEDDLE_SCOPE_CLOSED' });
  t.throws(() => toPromise(sleep(1)), { code: 'ERR_HEDDLE_MISUSE' });
});

test('withSignal returns what is done in time, and throws the reason of the signal that stopped it', (t) =>
  simulateManyClean(function* () {
    const controller = new AbortController();
    t.is(
      yield* withSignal(
        controller.signal,
        (function* () {
          yield* sleep(1);
          return 'done';
        })(),
      ),
      'done',
    );
    yield* spawn(function* () {
      yield* sleep(5);
      controller.abort('enough');
    });
    t.is(yield* thrownBy(withSignal(controller.signal, suspend())), 'enough');
    const boom = new Error('boom');
    t.is(yield* thrownBy(withSignal(new AbortController().signal, fails(boom))), boom);
  }));

test('a cancellation from around passes through withSignal', (t) =>
  simulateManyClean(function* () {
    const { signal } = new AbortController();
    t.is(yield* moveOnAfter(1, withSignal(signal, suspend())), undefined);
    t.is(((yield* thrownBy(withTimeout(1, withSignal(signal, suspend())))) as Error).name, 'TimeoutError');
  }));

test('20,000 fibers under one signal put one listener on it, and none when they have ended', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  const controller = new AbortController();
  const { signal } = controller;
  let added = 0;
  let removed = 0;
  const { addEventListener, removeEventListener } = signal;
  Object.assign(signal, {
    addEventListener: (...args: Parameters<typeof addEventListener>) => (added++, addEventListener.apply(signal, args)),
    removeEventListener: (...args: Parameters<typeof removeEventListener>) => (
      removed++,
      removeEventListener.apply(signal, args)
    ),
  });
  const lap = (): Promise<void> =>
    run(function* () {
      const done = event();
      let begun = 0;
      for (let i = 0; i < 10_000; i++)
        yield* spawn(function* () {
          begun++;
          yield* withSignal(signal, done.wait());
        });
      for (let i = 0; i < 10_000; i++) void toPromise(done.wait(), { signal });
      while (begun < 10_000) yield* sleep(1);
      done.set();
    });
  await lap();
  t.deepEqual([added, removed], [1, 1]);
  let stopped = 0;
  await run(function* () {
    for (let i = 0; i < 20_000; i++) toPromise(suspend(), { signal }).catch(() => stopped++);
    yield* sleep(1);
    controller.abort();
  });
  await pause(1);
  process.off('warning', note);
  t.is(stopped, 20_000);
  t.deepEqual(warnings, []);
});

test('the signal of a scope is one, is aborted when the scope is cancelled, and at the latest when it ends', (t) =>
  simulateManyClean(function* () {
    let ended: AbortSignal | undefined;
    yield* scope(function* () {
      ended = abortSignal();
      t.is(abortSignal(), ended);
      yield* sleep(1);
      t.false(ended.aborted);
    });
    t.true(ended!.aborted);

    let cancelled: AbortSignal | undefined;
    yield* moveOnAfter(
      5,
      scope(function* (inner) {
        cancelled = abortSignal();
        t.is(abortSignal(inner), cancelled);
        yield* suspend();
      }),
    );
    t.true(cancelled!.aborted);
    t.true(cancelled!.reason instanceof CancelledError);
  }));

test('a thousand listeners on the signal of a scope are no leak to warn of', async (t) => {
  const warnings: Error[] = [];
  const note = (warning: Error): void => void warnings.push(warning);
  process.on('warning', note);
  await simulateClean(function* () {
    for (let i = 0; i < 1000; i++) abortSignal().addEventListener('abort', () => {});
  });
  await pause(1);
  process.off('warning', note);
  t.deepEqual(warnings, []);
});

test('abortable hands its signal to what understands one, and waits until that has stopped', async (t) => {
  await run(function* () {
    const stopped: unknown = yield* moveOnAfter(
      5,
      abortable((signal) => pause(60_000, 'late', { signal })),
    );
    t.is(stopped, undefined);
  });
});

const numbers = (log: (text: string) => void): ReturnType<typeof toAsyncIterable<number>> =>
  toAsyncIterable<number>(function* (push) {
    try {
      for (let i = 1; ; i++) {
        yield* sleep(1);
        yield* push(i);
      }
    } finally {
      log('finally');
    }
  });

test('for await takes what a fiber pushes, to the end', (t) =>
  simulateManyClean(function* () {
    const iterable = toAsyncIterable<number | null>(function* (push) {
      for (const value of [1, null, 3]) {
        yield* sleep(1);
        yield* push(value);
      }
    });
    const taken = yield* until(
      (async () => {
        const values = [];
        for await (const value of iterable) values.push(value);
        return values;
      })(),
    );
    t.deepEqual(taken, [1, null, 3]);
    t.deepEqual(yield* until(iterable.next()), { done: true, value: undefined });
  }));

test('who leaves the loop cancels the fiber, and goes on when its finally blocks have run', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* until(
      (async () => {
        for await (const value of numbers(log)) if (value === 3) break;
        log('left');
      })(),
    );
    t.deepEqual(events, ['finally', 'left']);
  }));

test('several calls of next at once are answered in order', (t) =>
  simulateManyClean(function* ({ log }) {
    const iterable = numbers(log);
    const results = yield* until(Promise.all([iterable.next(), iterable.next(), iterable.next()]));
    t.deepEqual(
      results.map(({ value }) => value),
      [1, 2, 3],
    );
    yield* until(iterable[Symbol.asyncDispose]());
  }));

test('an iterable that nobody begins to read starts no fiber', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const iterable = numbers(log);
    yield* until(iterable.return!());
    t.deepEqual(yield* until(iterable.next()), { done: true, value: undefined });
    t.deepEqual(events, []);
  }));

test('what the producer throws is thrown in the loop of its consumer, also when that was busy', (t) =>
  run(function* () {
    const boom = new Error('boom');
    const failing = (): AsyncIterable<number> =>
      toAsyncIterable<number>(function* (push) {
        yield* push(1);
        throw boom;
      });
    for (const busy of [0, 20]) {
      const thrown = yield* thrownBy(
        until(
          (async () => {
            for await (const _ of failing()) await toBusy(busy);
          })(),
        ),
      );
      t.is(thrown, boom);
    }
  }));

async function toBusy(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) await new Promise((resolve) => setImmediate(resolve));
}

test('if the scope is cancelled the consumer is told', async (t) => {
  let told: unknown;
  await simulateClean(function* ({ log }) {
    const iterable = yield* moveOnAfter(
      5,
      scope(function* () {
        const inner = toAsyncIterable<number>(function* () {
          yield* suspend();
        });
        void inner.next().catch((error) => (told = error));
        yield* suspend();
      }),
    );
    t.is(iterable, undefined);
    log('over');
  });
  await pause(1);
  t.true(told instanceof CancelledError);
});

async function* counting(log: (text: string) => void): AsyncGenerator<number> {
  try {
    for (let i = 1; i <= 3; i++) {
      await undefined;
      yield i;
    }
  } finally {
    log('finally');
  }
}

test('forEach runs straight-line code for each value of an async iterable', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const seen: number[] = [];
    yield* fromAsyncIterable(counting(log)).forEach(function* (value) {
      yield* sleep(1);
      seen.push(value);
    });
    t.deepEqual(seen, [1, 2, 3]);
    t.deepEqual(events, ['finally']);
  }));

test('an iterable that was not read to its end is let go of with the scope', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* () {
      const pull = fromAsyncIterable(counting(log));
      t.deepEqual(yield* pull.next(), { done: false, value: 1 });
      t.deepEqual(events, []);
    });
    t.deepEqual(events, ['finally']);
    const pull = fromAsyncIterable(counting(log));
    yield* pull.close();
    t.true((yield* thrownBy(pull.next())) instanceof ClosedError);
  }));

test('a fiber that waits for an iterable learns that another one has let go of it', async (t) => {
  const never: AsyncIterator<number> = { next: () => new Promise(() => {}) };
  const returning: AsyncIterator<number> = { ...never, return: async () => ({ done: true, value: undefined }) };
  const iterable = (iterator: AsyncIterator<number>) => ({ [Symbol.asyncIterator]: () => iterator });
  for (const source of [
    iterable(never),
    iterable(returning),
    (signal: AbortSignal) => on(new EventEmitter(), 'tick', { signal }),
  ])
    await simulateManyClean(function* () {
      const pull = fromAsyncIterable<unknown>(source);
      const waiting = yield* spawn(() => thrownBy(pull.next()));
      yield* sleep(1);
      yield* pull.close();
      t.true((yield* waiting.join()) instanceof ClosedError);
      t.true((yield* thrownBy(pull.next())) instanceof ClosedError);
    });
});

test('a value that was asked for by a cancelled next is the following one’s', (t) =>
  simulateManyClean(function* () {
    let come: ((value: number) => void) | undefined;
    const pull = fromAsyncIterable(
      (async function* () {
        yield await new Promise<number>((resolve) => (come = resolve));
        throw new Error('boom');
      })(),
    );
    t.is(yield* moveOnAfter(1, pull.next()), undefined);
    yield* spawn(function* () {
      yield* sleep(1);
      come!(7);
    });
    t.deepEqual(yield* pull.next(), { done: false, value: 7 });
    t.is(((yield* thrownBy(pull.next())) as Error).message, 'boom');
    t.true((yield* pull.next()).done);
  }));

test('two fibers cannot wait for one iterable at once', (t) =>
  simulateManyClean(function* () {
    const pull = fromAsyncIterable((signal) => on(new EventEmitter(), 'tick', { signal }));
    const first = yield* spawn(() => pull.next());
    yield* sleep(1);
    t.true((yield* thrownBy(pull.next())) instanceof BusyError);
    first.cancel();
  }));

test('an iterator that returns no promises is read and let go of, and one that returns no results is an error', (t) =>
  simulateManyClean(function* () {
    const iterable = (result: unknown): AsyncIterable<number> =>
      ({ [Symbol.asyncIterator]: () => ({ next: () => result, return: () => result }) }) as never;
    const plain = fromAsyncIterable(iterable({ done: false, value: 1 }));
    t.deepEqual(yield* plain.next(), { done: false, value: 1 });
    yield* plain.close();
    for (const nothing of [undefined, null, 5]) {
      const error = yield* thrownBy(fromAsyncIterable(iterable(nothing)).next());
      t.regex(String(error), /^ArgumentError: Expected `next\(\)` to be an iterator result, got `(undefined|null|5)`/);
    }
  }));

test('an iterator that fails is finished: it is not asked again, and not told to return', async (t) => {
  const boom = new Error('boom');
  const failing: Record<string, () => unknown> = {
    'throws at once': () => {
      throw boom;
    },
    'is rejected': () => Promise.reject(boom),
    'has no result': () => Promise.resolve(undefined),
    'has a result that throws': () => ({
      get done(): boolean {
        throw boom;
      },
    }),
  };
  for (const [how, next] of Object.entries(failing))
    await simulateManyClean(function* ({ log, events }) {
      const noted = (name: string, f: () => unknown) => () => {
        log(name);
        return f();
      };
      const iterator = { next: noted('next', next), return: noted('return', () => ({ done: true })) };
      const pull = fromAsyncIterable({ [Symbol.asyncIterator]: () => iterator as never });
      const error = yield* thrownBy(pull.next());
      t.true(error === boom || how === 'has no result', how);
      t.deepEqual(yield* pull.next(), { done: true, value: undefined }, how);
      yield* pull.close();
      t.deepEqual(events, ['next'], how);
    });
});

test('the signal ends what is under way when the iterable is let go of', async (t) => {
  const emitter = new EventEmitter();
  await run(function* () {
    const seen: unknown[] = [];
    yield* moveOnAfter(
      20,
      fromAsyncIterable((signal) => on(emitter, 'tick', { signal })).forEach(function* ([value]) {
        seen.push(value);
        yield* sleep(1);
      }),
    );
    t.deepEqual(seen, []);
  });
  t.is(emitter.listenerCount('tick'), 0);
});

for (const settled of ['a value', 'the end', 'a failure'])
  for (const signalled of [true, false])
    test(`what a hand-written iterator holds is freed, let go of before ${settled} came${signalled ? ' by a function of a signal' : ''}`, (t) =>
      simulateManyClean(function* ({ log, events }) {
        // As the cursor of `postgres`: what was taken for a value is in use until `return` is called after that value came.
        let settle: (() => void) | undefined;
        let held = false;
        const iterator: AsyncIterator<number> = {
          next: () =>
            new Promise((resolve, reject) => {
              settle = () => {
                held = settled === 'a value';
                if (settled === 'a failure') reject(new Error('boom'));
                else resolve(held ? { done: false, value: 1 } : { done: true, value: undefined });
              };
            }),
          return: () => {
            log('return');
            held = false;
            return { done: true } as never;
          },
        };
        const iterable = { [Symbol.asyncIterator]: () => iterator };
        yield* scope(function* () {
          const pull = fromAsyncIterable(signalled ? () => iterable : iterable);
          t.is(yield* moveOnAfter(5, pull.next()), undefined);
        });
        t.deepEqual(events, ['return']);
        settle!();
        yield* sleep(1);
        t.false(held);
        t.deepEqual(events, settled === 'a value' ? ['return', 'return'] : ['return']);
      }));

for (const given of [0, 1])
  for (const asked of [true, false])
    test(`a stream is closed when it is let go of, ${given} given and ${asked ? 'another' : 'none'} asked for`, async (t) => {
      const node = new PassThrough({ objectMode: true });
      const cancelled: string[] = [];
      const web = (name: string): ReadableStream<number> =>
        new ReadableStream({
          start: (controller) => {
            for (let i = 0; i < given; i++) controller.enqueue(i);
          },
          cancel: () => void cancelled.push(name),
        });
      for (let i = 0; i < given; i++) node.write(i);
      const [first, second] = [web('first'), web('second')];
      function* read(source: AsyncIterable<unknown> | (() => AsyncIterable<unknown>)): Operation<void> {
        const pull = fromAsyncIterable(source);
        for (let i = 0; i < given; i++) t.deepEqual(yield* pull.next(), { done: false, value: i });
        if (asked) yield* moveOnAfter(10, pull.next());
      }
      await run(function* () {
        for (const source of [node, first]) yield* scope(() => read(source));
        // Even if who makes it has no use for the signal.
        yield* scope(() => read(() => second));
      });
      t.true(node.destroyed);
      t.deepEqual([cancelled, first.locked, second.locked], [['first', 'second'], false, false]);
    });

test('a stream that fails or ends is read to that, and a web stream is unlocked', async (t) => {
  const boom = new RangeError('mine');
  const node = new PassThrough({ objectMode: true });
  node.write('a');
  const failing = new ReadableStream<string>({
    start: (controller) => controller.enqueue('a'),
    pull: (controller) => controller.error(boom),
  });
  const ending = new ReadableStream<string>({ start: (controller) => (controller.enqueue('a'), controller.close()) });
  await run(function* () {
    for (const source of [node, failing]) {
      const pull = fromAsyncIterable<string>(source);
      t.deepEqual(yield* pull.next(), { done: false, value: 'a' });
      node.destroy(boom);
      t.is(yield* thrownBy(pull.next()), boom);
      t.deepEqual(yield* pull.next(), { done: true, value: undefined });
    }
    const seen: string[] = [];
    yield* fromAsyncIterable(ending).forEach((text) => void seen.push(text));
    t.deepEqual(seen, ['a']);
  });
  t.deepEqual([failing.locked, ending.locked], [false, false]);
});

test('what a scope owns is disposed of after its fibers, the newest first, and waited for', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* () {
      own({ [Symbol.dispose]: () => log('plain') });
      const same = {
        async [Symbol.asyncDispose]() {
          await undefined;
          log('async');
        },
      };
      t.is(own(same), same);
      yield* spawn(function* () {
        yield* sleep(1);
        log('fiber');
      });
    });
    t.deepEqual(events, ['fiber', 'async', 'plain']);
    t.throws(() => own({} as Disposable), { code: 'ERR_HEDDLE_ARGUMENT' });
  }));

test('a scope of an async function ends with its block, what ran in it and what it owned before', async (t) => {
  const log: string[] = [];
  {
    await using fibers = await openScope();
    const { scope: outer } = fibers;
    own({ [Symbol.dispose]: () => void log.push('disposed') }, outer);
    outer.spawn(function* () {
      try {
        yield* suspend();
      } finally {
        log.push('cancelled');
      }
    });
    const values: number[] = [];
    const iterable = toAsyncIterable<number>(
      function* (push) {
        for (let i = 0; i < 3; i++) yield* push(i);
      },
      { scope: outer },
    );
    for await (const value of iterable) values.push(value);
    t.deepEqual(values, [0, 1, 2]);
    t.is(await toPromise(sleep(1), { scope: outer }), undefined);
    t.false(abortSignal(outer).aborted);
    log.push('end of the block');
  }
  t.deepEqual(log, ['end of the block', 'cancelled', 'disposed']);
});

test('what fails in a scope of an async function is thrown when it is closed', async (t) => {
  const fibers = await openScope();
  const boom = new Error('boom');
  fibers.scope.spawn(() => fails(boom));
  await t.throwsAsync(toPromise(suspend(), { scope: fibers.scope }), { instanceOf: CancelledError });
  t.is(await t.throwsAsync(fibers.close()), boom);
});

test('using works in fibers, for what is closed by a plain call', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* work(): Operation<void> {
      using _guard = { [Symbol.dispose]: () => log('disposed') };
      yield* suspend();
    }
    yield* moveOnAfter(1, work());
    t.deepEqual(events, ['disposed']);
    const stream = new PassThrough();
    const pool = semaphore(1);
    {
      using _permit = yield* pool.acquire();
      using _reader = reader(stream, { own: true });
      using _writer = writer(new PassThrough());
      t.is(pool.stats().available, 0);
    }
    t.is(pool.stats().available, 1);
    t.true(stream.destroyed);
  }));

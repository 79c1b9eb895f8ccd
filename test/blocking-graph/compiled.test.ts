import test from 'ava';
import {
  all,
  call,
  CancelledError,
  race,
  run,
  Runtime,
  scope,
  shield,
  sleep,
  spawn,
  TimeoutError,
  withTimeout,
  yieldNow,
  type Operation,
} from 'heddle';
import { each, enter, indexed, module as registerModule, pause, preempted, site } from 'heddle/compiled';
import { simulate, VirtualClock } from 'heddle/testing';
import type { CallPoint } from '#src/blocking-graph/call-point.js';
import { ImpatientClock } from '../support/impatient-clock.js';

/**
 * The run-time half alone: these functions are written as the compiler writes them, so that what fails here is not
 * the compiler's. Ids: functions and loops have letters, their sites follow.
 */
const m = registerModule(20, () => [
  'server.ts',
  ['function', 'handle', 1, 1],
  ['site', 0, 2, 3, 'read'],
  ['site', 0, 3, 3, 'sleep'],
  ['function', 'read', 5, 1],
  ['site', 3, 6, 3, 'sleep'],
  ['function', 'descend', 8, 1],
  ['site', 5, 9, 3, 'descend'],
  ['site', 5, 10, 3, 'sleep'],
  ['function', 'walk', 12, 1],
  ['site', 8, 13, 3, 'walk'],
  ['loop', 8, 14, 3, 'for'],
  ['site', 8, 15, 3, 'items'],
  ['function', 'spin', 17, 1],
  ['loop', 12, 18, 3, 'for'],
  ['function', 'fibonacci', 20, 1],
  ['site', 14, 21, 3, 'fibonacci'],
  ['site', 14, 21, 30, 'fibonacci'],
  ['function', 'drive', 23, 1],
  ['site', 17, 24, 3, 'operation'],
]);

function* handle(): Operation<void> {
  const c = enter(m);
  yield* site(1, c, read());
  yield* site(2, c, sleep(1));
}

function* read(): Operation<void> {
  const c = enter(m + 3);
  yield* site(1, c, sleep(1));
}

function* descend(levels: number): Operation<number> {
  const c = enter(m + 5);
  if (levels > 0) return 1 + (yield* site(1, c, descend(levels - 1)));
  yield* site(2, c, sleep(1));
  return 0;
}

/** Data, made by `yield*` alone: what is inserted into it has to stay inert when it is iterated. */
function* walk(depth: number, turns: number): Generator<number, void> {
  const c = enter(m + 8);
  let b = 0;
  if (depth > 0) yield* site(1, c, walk(depth - 1, turns));
  for (let i = 0; i < turns; i++) {
    if (--b < 0 && (b = pause(2, c)) < 0) yield* preempted;
    yield* site(3, c, [i]);
  }
}

function* spin(turns: number): Operation<number> {
  const c = enter(m + 12);
  let b = 0;
  let done = 0;
  for (; done < turns; done++) if (--b < 0 && (b = pause(1, c)) < 0) yield* preempted;
  return done;
}

function* fibonacci(n: number): Operation<number> {
  const c = enter(m + 14);
  return n < 2 ? n : (yield* site(1, c, fibonacci(n - 1))) + (yield* site(2, c, fibonacci(n - 2)));
}

function* drive<T>(operation: Operation<T>): Operation<T> {
  const c = enter(m + 17);
  return yield* site(1, c, operation);
}

/** Ids stand for places in the text, so each function has its own. */
function newIds(): number {
  return registerModule(10, () => ['test.ts']);
}

/** Its time also passes by what is computed. */
class BusyClock extends VirtualClock {
  workedMs = 0;

  override now(): number {
    return super.now() + this.workedMs;
  }
}

function runImpatiently<T>(body: () => Operation<T>): Promise<T> {
  return new Runtime({ clock: new ImpatientClock() }).run(body);
}

async function placesOf(body: () => Operation<unknown>): Promise<string[]> {
  const runtime = new Runtime({ clock: new VirtualClock() });
  await runtime.run(body);
  return runtime
    .snapshotNow()
    .nodes.filter(({ label }) => label !== 'spawn' && label !== 'exit')
    .map(({ label, chain }) => `${label}: ${chain.join(' > ')}`);
}

test('a blocking point is the chain of call sites that leads there', async (t) => {
  t.deepEqual(
    await placesOf(function* () {
      yield* spawn(handle);
    }),
    ['scope.close: anonymous', 'sleep: handle (server.ts:2:3) > read (server.ts:6:3)', 'sleep: handle (server.ts:3:3)'],
  );
});

test('a function that is called in a segment of its own is left out where a call site in it says more', async (t) => {
  t.deepEqual(await placesOf(() => call(handle)), [
    'sleep: anonymous > handle (server.ts:2:3) > read (server.ts:6:3)',
    'sleep: anonymous > handle (server.ts:3:3)',
  ]);
});

test('a snapshot names the places for machines too', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  await runtime.run(handle);
  const node = runtime.snapshotNow().nodes.find(({ chain }) => chain.includes('read (server.ts:6:3)'))!;
  t.deepEqual(node.places.slice(-2), [
    { file: 'server.ts', line: 2, column: 3, function: 'handle', callee: 'read' },
    { file: 'server.ts', line: 6, column: 3, function: 'read', callee: 'sleep' },
  ]);
});

test('recursion folds to one place, and its depth is bounded by memory alone', async (t) => {
  t.deepEqual(await placesOf(() => descend(100_000)), [
    'sleep: anonymous > descend (server.ts:9:3) > descend (server.ts:10:3)',
  ]);
  t.is(await run(() => descend(1_000_000)), 1_000_000);
});

test('calls below which no fiber ever suspended come to do without segments, and others do not', async (t) => {
  for (const waits of [false, true]) {
    const own = newIds();
    const points = new Set<CallPoint>();
    function* count(levels: number): Operation<void> {
      const c = enter(own);
      if (c !== null) points.add(c);
      if (levels > 0) yield* site(1, c, count(levels - 1));
      else if (waits) yield* site(2, c, sleep(0));
    }
    await new Runtime({ clock: new VirtualClock() }).run(function* () {
      for (let i = 0; i < 100; i++) yield* (yield* spawn(count, 20)).join();
    });
    const begins = [...points].flatMap(({ linked }) => linked).filter((point) => point !== undefined);
    t.true(begins.length > 0);
    t.is(
      begins.some(({ isDry }) => isDry),
      !waits,
    );
  }
});

test('errors pass through all segments', async (t) => {
  const own = newIds();
  function* fail(levels: number): Operation<never> {
    const c = enter(own);
    yield* site(1, c, sleep(0));
    if (levels > 0) return yield* site(2, c, fail(levels - 1));
    throw new RangeError('bottom');
  }
  await t.throwsAsync(
    run(() => fail(1000)),
    { instanceOf: RangeError, message: 'bottom' },
  );
});

const consumers: Record<string, (data: Iterable<number>) => number[]> = {
  'for…of'(data) {
    const items = [];
    for (const item of data) items.push(item);
    return items;
  },
  spread: (data) => [...data],
  'Array.from': (data) => Array.from(data),
  'a Set': (data) => [...new Set(data)],
  'next() by hand'(data) {
    const items = [];
    const iterator = data[Symbol.iterator]();
    for (let next = iterator.next(); next.done !== true; next = iterator.next()) items.push(next.value);
    return items;
  },
};

for (const [name, consume] of Object.entries(consumers)) {
  test(`a data generator consumed inside of a fiber by ${name} emits nothing foreign`, async (t) => {
    const own = newIds();
    const expected = consume(walk(20, 500));
    function* consumer(): Operation<number[]> {
      const c = enter(own);
      yield* site(1, c, drive(yieldNow()));
      return consume(walk(20, 500));
    }
    t.deepEqual(await runImpatiently(consumer), expected);
    t.deepEqual(await runImpatiently(() => drive(consumer())), expected);
  });
}

test('a data generator consumed right after, and inside of, an operation that is not compiled emits nothing foreign', async (t) => {
  const expected = [...walk(20, 500)];
  /** Delegates nothing, so that nobody took what the site said of its operand. */
  function* library(data: Iterable<number>): Operation<number[]> {
    return [...data];
  }
  function* peeking(data: Generator<number, void>): Operation<Generator<number, void>> {
    data.next();
    return data;
  }
  const own = newIds();
  function* consumer(): Operation<void> {
    const c = enter(own);
    for (let turn = 0; turn < 50; turn++) {
      t.deepEqual(yield* site(1, c, library(walk(20, 500))), expected);
      t.deepEqual([...walk(20, 500)], expected);
      yield* site(2, c, library([]));
      const [...all] = walk(20, 500);
      t.deepEqual(all, expected);
      t.deepEqual([...(yield* site(3, c, peeking(walk(20, 500))))], expected.slice(1));
    }
  }
  await runImpatiently(consumer);
});

test('a site may have operands of many functions, and of none', async (t) => {
  const result = await runImpatiently(function* () {
    let sum = 0;
    for (let turn = 0; turn < 30; turn++) {
      sum += yield* drive(spin(100));
      sum += yield* drive(descend(30));
      sum += yield* drive(drive(drive(fibonacci(5))));
      yield* drive(sleep(1));
      yield* drive(yieldNow());
    }
    return sum;
  });
  t.is(result, 30 * (100 + 30 + 5));
});

test('outside of fibers all of it is inert', (t) => {
  t.is((spin(1000) as Generator<never, number>).next().value, 1000);
  t.deepEqual([...walk(3, 2)], [0, 1, 0, 1, 0, 1, 0, 1]);
});

test('code that runs before its module, in a cycle of imports, is inert', async (t) => {
  const early: number = undefined as unknown as number;
  for (const id of [early, early + 3]) {
    function* body(): Operation<string> {
      const c = enter(id);
      yield* site(1, c, sleep(1));
      return c === null ? 'inert' : 'active';
    }
    t.is(await simulate(body), 'inert');
  }
});

test('a loop gives way when its slice is over, and its fiber shows where', async (t) => {
  const order: string[] = [];
  const runtime = new Runtime({ clock: new ImpatientClock() });
  await runtime.run(function* () {
    const spinning = yield* spawn(spin, 1_000_000);
    yield* spawn(function* () {
      for (let turn = 0; turn < 3; turn++) yield* yieldNow();
      order.push('took its turns');
    });
    yield* spinning.join();
    order.push('spun');
  });
  t.deepEqual(order, ['took its turns', 'spun']);
  const node = runtime.snapshotNow().nodes.find(({ label }) => label === 'preempted')!;
  t.deepEqual(node.chain, ['spin (server.ts:18:3)']);
  t.true(node.arrivals > 10, `only ${node.arrivals} times`);
});

test('a spinning fiber stops at its deadline', async (t) => {
  await t.throwsAsync(
    runImpatiently(() => withTimeout(50, spin(1e12))),
    { instanceOf: TimeoutError },
  );
});

test('what `all` and `race` run gives way too, and its fibers go by their names', async (t) => {
  const combined: readonly [name: string, body: () => Operation<unknown>][] = [
    ['all', () => all([spin(1e6), spin(1e6)])],
    ['all', () => all([spin(1e6), spin(1e6)], { concurrency: 1 })],
    ['race', () => race([spin(1e6), spin(1e6)])],
  ];
  for (const [name, body] of combined) {
    const runtime = new Runtime({ clock: new ImpatientClock() });
    await runtime.run(body);
    const node = runtime.snapshotNow().nodes.find(({ label }) => label === 'preempted');
    t.deepEqual(node?.chain, [name, 'spin (server.ts:18:3)']);
  }
});

test('the warning of long runs tells code that is compiled already something else than to compile it', async (t) => {
  const own = newIds();
  const warningsOf = async (isCompiled: boolean): Promise<string> => {
    const clock = new BusyClock();
    const runtime = new Runtime({ clock });
    await runtime.run(function* handler() {
      const c = isCompiled ? enter(own) : null;
      for (let turn = 0; turn < 20; turn++) {
        clock.workedMs += 10;
        yield* site(1, c, sleep(1));
      }
    });
    return runtime.snapshotNow().warnings.join('\n');
  };
  t.regex(await warningsOf(false), /^handler runs \d+\.\d ms from sleep .*: put a yieldNow\(\) into .* or compile it$/);
  t.regex(await warningsOf(true), /^.* runs \d+\.\d ms from sleep .*: a plain function takes it, or /);
});

test('recursion gives way too', async (t) => {
  const runtime = new Runtime({ clock: new ImpatientClock() });
  let turns = 0;
  await runtime.run(function* () {
    const computing = yield* spawn(fibonacci, 22);
    yield* spawn(function* () {
      while (computing.status !== 'succeeded') {
        turns++;
        yield* yieldNow();
      }
    });
    t.is(yield* computing.join(), 17_711);
  });
  t.true(turns > 10, `others had only ${turns} turns`);
});

const exhaust: Readonly<Record<string, (own: number, list: Iterable<unknown>) => Operation<void>>> = {
  // oxlint-disable-next-line require-yield
  *each(own, list) {
    const c = enter(own);
    let b = 0;
    let n;
    do for (const _ of (n ??= each(list, b, (b = 0))));
    while ((b = n.left) < 0 && ((n.left = pause(1, c)) >= 0 || (yield* n.turn(preempted), (n.left = 1))));
  },
  // oxlint-disable-next-line require-yield
  *indexed(own, list) {
    const c = enter(own);
    let b = 0;
    let n: ReturnType<typeof indexed> | undefined;
    do
      for (const x of (n ??= indexed(list))) {
        const w: readonly unknown[] = x;
        let i = n.at;
        for (; b-- > 0 && (i + 1 <= +w.length || (i = n.more()) >= 0); i++);
        if (b < 0) n.leave(i);
        break;
      }
    while (b < 0 && ((b = pause(1, c)) >= 0 || (yield* n!.turn(preempted), (b = 1))));
  },
};

for (const [name, loop] of Object.entries(exhaust))
  test(`a loop by \`${name}\` that is cancelled while it gives way closes its iterator, as one does in which an error is thrown`, async (t) => {
    const own = newIds();
    const isStopped = async (list: Iterable<unknown>, how?: string): Promise<void> => {
      await t.throwsAsync(
        runImpatiently(() => withTimeout(50, loop(own, list))),
        { instanceOf: TimeoutError },
        how,
      );
    };
    const closes = {
      quietly: () => ({}),
      'with an error': () => {
        throw new RangeError('in return');
      },
      'with no object': () => 5,
    };
    for (const [how, close] of Object.entries(closes)) {
      const events: string[] = [];
      const endless = {
        next: () => ({ done: false, value: 0 }),
        return(...all: unknown[]): IteratorResult<number> {
          events.push(`closed with ${all.length}`);
          return close() as IteratorResult<number>;
        },
      };
      await isStopped({ [Symbol.iterator]: () => endless }, how);
      t.deepEqual(events, ['closed with 0'], how);
    }
    await isStopped({ [Symbol.iterator]: () => ({ next: () => ({ done: false, value: 0 }) }) });
    const list = [0];
    list.length = 2 ** 32 - 1;
    await isStopped(list);
  });

test('a scope in compiled code is closed in order when a loop in it is cancelled', async (t) => {
  const own = newIds();
  const events: string[] = [];
  await runImpatiently(function* () {
    yield* scope(function* (inner) {
      const spinning = inner.spawn(function* () {
        const c = enter(own);
        try {
          yield* site(1, c, spin(1e12));
        } catch (error) {
          events.push(error instanceof CancelledError ? 'cancelled' : String(error));
          throw error;
        } finally {
          events.push('finally');
        }
      });
      yield* sleep(20);
      spinning.cancel();
    });
  });
  t.deepEqual(events, ['cancelled', 'finally']);
});

test('a fiber that knows of its cancellation gives way in the loops of its cleanup, and hears of it again where it waits', async (t) => {
  const own = newIds();
  const events: string[] = [];
  let turns = 0;
  let over = false;
  await runImpatiently(function* () {
    const cancelled = yield* spawn(function* () {
      const c = enter(own);
      try {
        yield* site(1, c, sleep(1e6));
      } finally {
        events.push(`${yield* site(2, c, shield(spin(10_000)))} turns in a shield`);
        const before = turns;
        events.push(`${yield* site(3, c, spin(1_000_000))} turns in cleanup`);
        events.push(turns > before ? 'others ran meanwhile' : 'nobody else ran');
        try {
          yield* site(4, c, sleep(1));
        } catch (error) {
          events.push(error instanceof CancelledError ? 'cancelled again' : String(error));
        }
        over = true;
      }
    });
    yield* spawn(function* () {
      for (; !over; turns++) yield* yieldNow();
    });
    yield* sleep(1);
    cancelled.cancel();
  });
  t.deepEqual(events, [
    '10000 turns in a shield',
    '1000000 turns in cleanup',
    'others ran meanwhile',
    'cancelled again',
  ]);
});

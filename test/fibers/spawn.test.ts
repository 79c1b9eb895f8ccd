import test from 'ava';
import {
  call,
  FiberCancelledError,
  FiberLocal,
  Runtime,
  scope,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  until,
  yieldNow,
  type Operation,
} from 'heddle';
import { sameEvents, simulate, VirtualClock } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';
import { stillKept } from '../support/still-kept.js';

test('spawn returns at once; the fiber first runs when its turn comes', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      log('fiber');
    });
    log('spawned');
    t.is(fiber.status, 'ready');
    yield* fiber.join();
    t.is(sameEvents(events, ['spawned', 'fiber']), null);
  }));

test('a fiber gets the arguments, its name from the function, and ids in the order of spawning', (t) =>
  simulateManyClean(function* () {
    function* add(a: number, b: number): Operation<number> {
      return a + b;
    }
    const first = yield* spawn(add, 1, 2);
    const second = yield* spawn(add, 3, 4);
    t.is(first.name, 'add');
    t.true(second.id > first.id);
    t.is((yield* first.join()) + (yield* second.join()), 10);
  }));

test('join returns the result as often as it is asked, before and after the end', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      yield* sleep(5);
      return { value: 1 };
    });
    const joiners = [];
    for (let i = 0; i < 5; i++) joiners.push(yield* spawn(() => fiber.join()));
    const value = yield* fiber.join();
    for (const joiner of joiners) t.is(yield* joiner.join(), value);
    t.is(yield* fiber.join(), value);
    t.is(fiber.status, 'succeeded');
  }));

test('a join that is cancelled leaves the fiber alone', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      yield* sleep(5);
      return 'done';
    });
    const joiner = yield* spawn(() => fiber.join());
    yield* sleep(1);
    joiner.cancel();
    t.is(yield* fiber.join(), 'done');
    t.is(joiner.status, 'cancelled');
  }));

test('joining a cancelled fiber throws FiberCancelledError, which is no cancellation of the joiner', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(() => suspend());
    const early = yield* spawn(function* () {
      try {
        yield* fiber.join();
      } catch (error) {
        return error;
      }
      return undefined;
    });
    yield* sleep(1);
    fiber.cancel('why not');
    t.true((yield* early.join()) instanceof FiberCancelledError);
    try {
      yield* fiber.join();
      t.fail();
    } catch (error) {
      t.true(error instanceof FiberCancelledError);
      t.regex(String((error as Error).cause), /why not/);
    }
  }));

test('a status follows the life of a fiber', (t) =>
  simulateManyClean(function* () {
    const seen: string[] = [];
    const fiber = yield* spawn(function* () {
      seen.push(fiber.status);
      yield* yieldNow();
      yield* sleep(1);
    });
    seen.push(fiber.status);
    yield* sleep(0.5);
    seen.push(fiber.status);
    yield* fiber.join();
    seen.push(fiber.status);
    t.deepEqual(seen, ['ready', 'running', 'waiting', 'succeeded']);
  }));

test('a spawn in a loop cannot starve others', async (t) => {
  const spawned = await simulate(
    function* () {
      let stop = false;
      let count = 0;
      yield* spawn(function* () {
        stop = true;
      });
      yield* scope(function* () {
        while (!stop) {
          count++;
          yield* spawn(function* () {});
        }
      });
      return count;
    },
    { queue: 'fifo' },
  );
  t.true(spawned < 1000, `${spawned} spawned before another fiber ran`);
});

test('an error of making the operation is thrown by spawn, and nothing is left', (t) =>
  simulateManyClean(function* () {
    try {
      yield* spawn(() => {
        throw new Error('making');
      });
      t.fail();
    } catch (error) {
      t.is((error as Error).message, 'making');
    }
  }));

test('a daemon at the root does not keep the run alive', async (t) => {
  let stopped = 0;
  await simulateManyClean(function* () {
    yield* spawnDaemon(function* () {
      try {
        for (;;) yield* sleep(10);
      } finally {
        stopped++;
      }
    });
    yield* sleep(35);
  });
  t.true(stopped >= 50);
});

test('the daemons of a scope go on while its workers do, however long after the body', (t) =>
  simulateManyClean(function* () {
    let beats = 0;
    yield* scope(function* (inner) {
      inner.spawnDaemon(function* () {
        for (;;) {
          yield* sleep(10);
          beats++;
        }
      });
      inner.spawn(() => sleep(55));
    });
    t.is(beats, 5);
  }));

test('a fiber inherits the locals of its parent as they were when it was spawned', (t) =>
  simulateManyClean(function* () {
    const user = new FiberLocal('nobody');
    const seen: string[] = [];
    user.set('ann');
    const child = yield* spawn(function* () {
      yield* sleep(1);
      seen.push(user.get());
      user.set('carl');
      const grandchild = yield* spawn(function* () {
        seen.push(user.get());
      });
      yield* grandchild.join();
    });
    user.set('bob');
    yield* child.join();
    t.deepEqual(seen, ['ann', 'carl']);
    t.is(user.get(), 'bob');
  }));

test('a fiber that a plain callback spawns is one of the fiber that has the scope open, in the graph and in stacks', async (t) => {
  const runtime = new Runtime({ clock: new VirtualClock() });
  const stacks: string[] = [];
  await runtime.run(function* () {
    // As a library does that runs a transaction around an async function.
    function* handler(): Operation<void> {
      yield* scope((own) =>
        until(
          Promise.resolve().then(() => void own.spawn(transaction)),
          'library',
        ),
      );
    }
    function* transaction(): Operation<void> {
      yield* sleep(1);
      throw new Error('broken');
    }
    for (let i = 0; i < 5; i++)
      try {
        yield* call(handler);
      } catch (error) {
        stacks.push((error as Error).stack!.split('\n').at(-1)!);
      }
  });
  t.is(stacks.length, 5);
  for (const stack of stacks) t.regex(stack, /^ {4}at fiber \d transaction, spawned by handler/);
  const { nodes } = runtime.snapshotNow();
  const bodyOf = (id: string): string => nodes.find((node) => node.id === id)!.chain[0]!;
  const links = nodes.flatMap(({ label, spawns }) => spawns.map(({ to, count }) => [label, bodyOf(to), count]));
  t.deepEqual(links, [['until', 'transaction', 5]]);
});

test('of a fiber that has ended its handle keeps only the result', async (t) => {
  const used: WeakRef<object>[] = [];
  const last = await simulate(function* () {
    let previous = yield* spawn(function* () {});
    for (let i = 0; i < 100; i++) {
      const before = previous;
      const local = { i };
      used.push(new WeakRef(local));
      // A queue: each waits for the one before it.
      previous = yield* spawn(function* () {
        yield* before.join();
        yield* sleep(local.i);
      });
      if (i % 10 === 0) yield* sleep(1000);
    }
    yield* previous.join();
    return previous;
  });
  // A register may still hold the last one.
  t.true((await stillKept(used)) <= 1);
  t.is(last.status, 'succeeded');
});

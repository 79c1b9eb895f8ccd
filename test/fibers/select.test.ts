import { fileURLToPath } from 'node:url';
import test from 'ava';
import {
  abortable,
  CancelledError,
  channel,
  ChannelClosedError,
  event,
  MisuseError,
  moveOnAfter,
  mutex,
  now,
  race,
  run,
  scope,
  select,
  semaphore,
  sleep,
  spawn,
  spawnDaemon,
  suspend,
  until,
  yieldNow,
  type Operation,
} from 'heddle';
import { open } from 'heddle/fs';
import { start } from 'heddle/process';
import { simulate } from 'heddle/testing';
import { bind } from 'heddle/udp';
import type { PermitPool } from '#src/fibers/sync/permit-pool.js';
import { simulateManyClean } from '../support/no-leak.js';
import { stillKept } from '../support/still-kept.js';
import { thrownBy } from '../support/thrown-by.js';

test('select takes the branch that completes first and names it', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<string>();
    yield* spawn(function* () {
      yield* sleep(5);
      yield* jobs.send('work');
    });
    t.deepEqual(yield* select({ job: jobs.receive(), idle: sleep(10) }), { branch: 'job', value: 'work' });
    t.deepEqual(yield* select({ job: jobs.receive(), idle: sleep(10) }), { branch: 'idle', value: undefined });
    t.is(now(), 15);
    t.is(jobs.stats().waitingToReceive, 0);
  }));

test('all waits that can be undone can be branches', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      yield* sleep(3);
      return 'joined';
    });
    const waits = (): Record<string, Operation<unknown>> => ({
      sleep: sleep(100),
      event: event().wait(),
      send: channel<number>().send(1),
      receive: channel<number>().receive(),
      until: until(new Promise(() => {})),
      suspend: suspend(),
    });
    t.deepEqual(yield* select({ ...waits(), join: fiber.join() }), { branch: 'join', value: 'joined' });
    const pool = semaphore(1);
    const chosen = yield* select({ ...waits(), permit: pool.acquire() });
    t.is(chosen.branch, 'permit');
    t.is(pool.available, 0);
  }));

test('of branches that could complete at once one is taken and the others are not', (t) =>
  simulateManyClean(function* () {
    const [a, b] = [channel<string>(1), channel<string>(1)];
    yield* a.send('a');
    yield* b.send('b');
    const chosen = yield* select({ a: a.receive(), b: b.receive() });
    t.is(chosen.value, chosen.branch);
    t.is(a.stats().buffered + b.stats().buffered, 1);
  }));

test('a branch that can complete at once is taken without giving way, whichever it is', (t) =>
  simulateManyClean(function* () {
    let turns = 0;
    yield* spawnDaemon(function* () {
      for (; ; turns++) yield* yieldNow();
    });
    const [over, never] = [event(), event()];
    over.set();
    const before = turns;
    for (const ready of ['a', 'b', 'c']) {
      const wait = (name: string): Operation<void> => (name === ready ? over : never).wait();
      const chosen = yield* select({ a: wait('a'), b: wait('b'), c: wait('c') });
      t.is(chosen.branch as string, ready);
    }
    t.is(turns, before);
  }));

test('among branches that could complete at once each is taken now and then', async (t) => {
  const counts = await simulate(function* () {
    const jobs = [channel<number>(Infinity), channel<number>(Infinity), channel<number>(Infinity)] as const;
    for (const one of jobs) for (let i = 0; i < 300; i++) yield* one.send(i);
    const taken: Record<string, number> = { a: 0, b: 0, c: 0 };
    for (let i = 0; i < 300; i++)
      taken[(yield* select({ a: jobs[0].receive(), b: jobs[1].receive(), c: jobs[2].receive() })).branch]!++;
    return taken;
  });
  for (const count of Object.values(counts)) t.true(count > 50, JSON.stringify(counts));
});

test('of branches that fire together exactly one is taken', (t) =>
  simulateManyClean(
    function* () {
      const [a, b] = [channel<string>(), channel<string>()];
      const sent: string[] = [];
      for (const [name, to] of [
        ['a', a],
        ['b', b],
      ] as const)
        yield* spawn(function* () {
          yield* moveOnAfter(
            20,
            (function* () {
              yield* to.send(name);
              sent.push(name);
            })(),
          );
        });
      const chosen = yield* select({ a: a.receive(), b: b.receive(), late: sleep(30) });
      yield* sleep(50);
      t.deepEqual(sent, [chosen.value]);
    },
    { runs: 200 },
  ));

test('a select that is cancelled has taken no branch, or it returns the one it took', (t) =>
  simulateManyClean(
    function* ({ random }) {
      const jobs = channel<number>();
      const lock = mutex();
      let taken = 0;
      const fiber = yield* spawn(function* () {
        const chosen = yield* select({ job: jobs.receive(), lock: lock.lock(), never: suspend() });
        taken++;
        if (chosen.branch === 'lock') chosen.value.release();
      });
      const held = lock.available === 1 ? yield* lock.lock() : null;
      const sender = yield* spawn(function* () {
        yield* sleep(random.below(3));
        return yield* moveOnAfter(
          5,
          (function* () {
            yield* jobs.send(1);
            return true;
          })(),
        );
      });
      yield* sleep(random.below(3));
      fiber.cancel();
      const sent = (yield* sender.join()) === true;
      held?.release();
      yield* sleep(1);
      t.is(taken, sent ? 1 : 0);
      t.is(lock.available, 1);
      t.is(jobs.stats().waitingToReceive + jobs.stats().waitingToSend, 0);
    },
    { runs: 200 },
  ));

test('a branch that fails fails the select, and the others are undone', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>();
    const never = event();
    const closer = yield* spawn(function* () {
      yield* sleep(1);
      jobs.close();
    });
    try {
      yield* select({ job: jobs.receive(), never: never.wait() });
      t.fail();
    } catch (error) {
      t.true(error instanceof ChannelClosedError);
    }
    t.is(never.stats().waiting, 0);
    yield* closer.join();
  }));

test('what cannot be undone once it has begun is no branch, and has not begun', async (t) => {
  const begun: string[] = [];
  await run(function* () {
    const file = yield* open(fileURLToPath(import.meta.url));
    const socket = yield* bind({ port: 0, host: '127.0.0.1' });
    const branches: Record<string, Operation<unknown>> = {
      'fs(read)': file.read(),
      'fs(close)': file.close(),
      'udp.send': socket.send('', socket.port, '127.0.0.1'),
      'process.start': start('true'),
      'abortable(work)': abortable(() => Promise.resolve(begun.push('abortable')), 'work'),
    };
    for (const [label, branch] of Object.entries(branches)) {
      const error = yield* thrownBy(select({ soon: sleep(0), branch }));
      t.true(error instanceof MisuseError);
      t.regex((error as Error).message, /`branches.branch`: .* run it and select its `join\(\)`, or use `race`/);
      t.true((error as Error).message.includes(`\`${label}\` cannot be undone`));
      yield* branch;
    }
  });
  t.deepEqual(begun, ['abortable']);
});

test('a timer that lost is gone', (t) =>
  simulateManyClean(function* ({ runtime }) {
    const done = event();
    yield* scope(function* (inner) {
      inner.spawn(() => select({ done: done.wait(), late: sleep(1_000_000) }));
      yield* sleep(1);
      done.set();
    });
    t.is((runtime.loop as unknown as { timers: { nextAt: number } }).timers.nextAt, Infinity);
  }));

test('a select in a cancelled fiber throws and does nothing', (t) =>
  simulateManyClean(function* () {
    const jobs = channel<number>(1);
    yield* jobs.send(1);
    const fiber = yield* spawn(function* () {
      fiber.cancel();
      try {
        yield* select({ job: jobs.receive() });
      } catch (error) {
        t.true(error instanceof CancelledError);
        throw error;
      }
    });
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.is(jobs.stats().buffered, 1);
  }));

test('a select never takes its own send for what it is to receive', (t) =>
  simulateManyClean(function* ({ random }) {
    const jobs = channel<string>();
    const both = (): Operation<{ branch: string; value: unknown }> => {
      const branches = { sent: jobs.send('mine'), came: jobs.receive() };
      return select(random.below(2) === 0 ? branches : { came: branches.came, sent: branches.sent });
    };
    t.is(yield* moveOnAfter(5, both()), undefined);
    const receiver = yield* spawn(both);
    yield* sleep(1);
    yield* jobs.send('yours');
    t.deepEqual(yield* receiver.join(), { branch: 'came', value: 'yours' });
    const sender = yield* spawn(both);
    yield* sleep(1);
    t.is(yield* jobs.receive(), 'mine');
    t.is((yield* sender.join()).branch, 'sent');
    const pair = [yield* spawn(both), yield* spawn(both)];
    const met: string[] = [];
    for (const one of pair) met.push((yield* one.join()).branch);
    t.deepEqual(met.sort(), ['came', 'sent']);
    (jobs as unknown as { exchange: { validate(): void } }).exchange.validate();
  }));

test("what the undoing of a loser throws is its scope's, and the winner's result is not lost", (t) =>
  simulateManyClean(function* () {
    const jobs = channel<string>();
    const undoings = ['first', 'second'].map((name) =>
      suspend(() => () => {
        throw new Error(name);
      }),
    );
    let chosen: unknown;
    const error = yield* thrownBy(
      scope(function* (inner) {
        inner.spawn(() => jobs.send('work'));
        chosen = yield* select({ first: undoings[0]!, job: jobs.receive(), second: undoings[1]! });
        yield* suspend();
      }),
    );
    t.deepEqual(chosen, { branch: 'job', value: 'work' });
    t.deepEqual(
      (error as AggregateError).errors.map(({ message }) => message),
      ['first', 'second'],
    );
  }));

test("what undoing throws when a select is cancelled is its scope's, all of it", (t) =>
  simulateManyClean(function* () {
    const failing = (name: string): Operation<unknown> =>
      suspend(() => () => {
        throw new Error(name);
      });
    const error = yield* thrownBy(moveOnAfter(1, select({ a: failing('a'), b: failing('b'), c: sleep(5) })));
    t.deepEqual(
      (error as AggregateError).errors.map(({ message }) => message),
      ['a', 'b'],
    );
  }));

test('a fiber that is joined twice in one select ends as any other', (t) =>
  simulateManyClean(function* () {
    for (const value of [undefined, 5]) {
      const fiber = yield* spawn(function* () {
        yield* sleep(1);
        return value;
      });
      t.is((yield* select({ once: fiber.join(), again: fiber.join() })).value, value);
      t.is(yield* fiber.join(), value);
    }
  }));

test('a select takes one permit, though undoing a branch makes room for another', (t) =>
  simulateManyClean(function* () {
    const pool = semaphore(3);
    const held = [yield* pool.acquire(2), yield* pool.acquire(1)];
    const fiber = yield* spawn(() =>
      select({ many: pool.acquire(3), few: pool.acquire(1), never: suspend(), fewer: pool.acquire(1) }),
    );
    yield* sleep(1);
    const behind = yield* spawn(() => pool.acquire(1));
    yield* sleep(1);
    // Room for both of those that want one.
    held[0]!.release();
    const chosen = yield* fiber.join();
    t.is(chosen.branch, 'few');
    t.deepEqual([...(pool as PermitPool).holders()].map(({ holder }) => holder.id).sort(), [0, fiber.id, behind.id]);
    yield* behind.join();
    t.deepEqual(pool.stats(), { capacity: 3, available: 0, waiting: 0 });
  }));

test('a branch that wants many permits does not hold up another of the same select that wants few', (t) =>
  simulateManyClean(function* () {
    const pool = semaphore(3);
    yield* pool.acquire(2);
    const held = yield* pool.acquire(1);
    const fiber = yield* spawn(() => select({ many: pool.acquire(3), few: pool.acquire(1) }));
    yield* sleep(1);
    held.release();
    yield* sleep(1);
    t.is(fiber.status, 'succeeded');
    t.deepEqual(pool.stats(), { capacity: 3, available: 0, waiting: 0 });
  }));

test('a promise that stays pending keeps nothing of the waits for it that were given up', async (t) => {
  const stopped = new Promise<void>(() => {});
  const received: WeakRef<object>[] = [];
  await simulate(function* () {
    const messages = channel<object>();
    yield* spawnDaemon(function* () {
      for (let i = 0; ; i++) {
        yield* sleep(1);
        yield* messages.send({ i });
      }
    });
    for (let i = 0; i < 100; i++) {
      const selected = yield* select({ stop: until(stopped), message: messages.receive() });
      received.push(new WeakRef(selected.value!));
      received.push(new WeakRef((yield* race([until(stopped), messages.receive()]))!));
    }
  });
  // Registers may still hold the last ones.
  t.true((await stillKept(received)) <= 2);
  t.true(stopped instanceof Promise);
});

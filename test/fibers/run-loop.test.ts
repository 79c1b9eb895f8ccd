import test from 'ava';
import {
  ArgumentError,
  call,
  CancelledError,
  channel,
  event,
  moveOnAfter,
  run,
  Runtime,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  TimeoutError,
  until,
  withTimeout,
  yieldNow,
  type Operation,
  type Scope,
} from 'heddle';
import { simulate, VirtualClock } from 'heddle/testing';
import { ImpatientClock } from '../support/impatient-clock.js';
import { WorkClock } from '../support/work-clock.js';
import { leftovers } from '../support/no-leak.js';

for (const queue of ['fifo', 'stride', 'shuffled'] as const) {
  test(`fibers that yield take turns: ${queue}`, async (t) => {
    const counts = await simulate(
      function* () {
        const counts = [0, 0, 0, 0];
        let stop = false;
        function* turn(i: number): Operation<void> {
          while (!stop) {
            counts[i]!++;
            yield* yieldNow();
          }
        }
        for (let i = 0; i < 4; i++) yield* spawn(turn, i);
        for (let i = 0; i < 400; i++) yield* yieldNow();
        stop = true;
        return counts;
      },
      { queue },
    );
    for (const count of counts) t.true(count > 50, String(counts));
  });

  test(`whoever completes operations at once gives way after some hundreds: ${queue}`, async (t) => {
    const counts = await simulate(
      function* () {
        const done = event();
        done.set();
        let [stop, busy, other] = [false, 0, 0];
        yield* spawn(function* () {
          while (!stop) {
            busy++;
            yield* done.wait();
          }
        });
        yield* spawn(function* () {
          for (other = 0; other < 20; other++) yield* yieldNow();
          stop = true;
        });
        yield* suspend<void>((resume) => void setImmediate(resume));
        return { busy, other };
      },
      { queue },
    );
    t.is(counts.other, 20);
    t.true(counts.busy >= 512 && counts.busy < 512 * 200, JSON.stringify(counts));
  });
}

test('a pass ends after its slice, so that the outside world gets a turn', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock, sliceMs: 2 });
  let steps = 0;
  let stop = false;
  clock.defer(function poll() {
    if (steps > 50) stop = true;
    else if (!stop) clock.defer(poll);
  });
  await runtime.run(function* () {
    while (!stop) {
      steps++;
      clock.work(1);
      yield* yieldNow();
    }
  });
  t.true(steps < 60, `${steps} steps of 1 ms before the outside world had its second turn`);
});

const crowds = test.macro(async (t, governed: boolean, least: number, most: number) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock, sliceMs: 2 });
  const { loop } = runtime;
  let ran = 0;
  function* short(): Operation<void> {
    ran++;
  }
  function* dear(): Operation<void> {
    ran++;
    clock.work(1);
  }
  /** How many have run when a hundred events have been delivered, each of which starts a fiber. */
  const poll = (requests: Scope, step: () => Operation<void>): Promise<number> =>
    new Promise((resolve) =>
      clock.defer(() => {
        ran = 0;
        for (let i = 0; i < 100; i++) {
          requests.spawn(step);
          loop.runIfCrowded();
        }
        resolve(ran);
      }),
    );
  await runtime.run(function* () {
    const entry = governed ? loop.openEntry({ name: 'crowds', goal: 500 }) : null;
    if (governed) Object.assign(loop.governor!, { pollMs: 30 });
    yield* sleep(1);
    yield* scope(function* (requests) {
      t.is(yield* until(poll(requests, short)), 96, 'short ones run by the crowd');
      yield* sleep(1);
      let count = 0;
      // In the first one it is not known yet what they take.
      for (let turn = 0; turn < 3; turn++) {
        count = yield* until(poll(requests, dear));
        // Until all have run.
        yield* sleep(1);
      }
      t.true(count >= least && count <= most, `${count} of 1 ms in slices of 2`);
    });
    entry?.close();
  });
});

test('a crowd that comes in one poll runs before its end, but for a slice at most', crowds, false, 1, 3);
test('with a governor it runs for as long as that says', crowds, true, 25, 35);

for (const pollsRarely of [false, true])
  test(`few ready fibers ${pollsRarely ? 'run on' : 'give way'} after a slice where the governor polls ${pollsRarely ? 'rarely' : 'as usual'}`, async (t) => {
    const clock = new WorkClock();
    const runtime = new Runtime({ clock, sliceMs: 2 });
    const { loop } = runtime;
    let ran = 0;
    let seen = 0;
    await runtime.run(function* () {
      const entry = loop.openEntry({ name: 'few', goal: 500 });
      Object.assign(loop.governor!, { pollMs: 30, pollsRarely });
      yield* scope(function* (requests) {
        for (let i = 0; i < 3; i++)
          requests.spawn(function* () {
            for (let step = 0; step < 20; step++) {
              ran++;
              clock.work(1);
              yield* yieldNow();
            }
          });
        clock.defer(() => clock.defer(() => (seen = ran)));
      });
      entry?.close();
    });
    t.is(ran, 60);
    t.true(pollsRarely ? seen >= 25 && seen <= 35 : seen <= 6, `${seen} of 1 ms between two turns`);
  });

test('a crowd that did not fit into a slice is worked off within the poll, however many come', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock, sliceMs: 2 });
  const { loop } = runtime;
  let ran = 0;
  let most = 0;
  function* answer(): Operation<void> {
    ran++;
    clock.work(0.02);
  }
  const poll = (requests: Scope): Promise<void> =>
    new Promise((resolve) =>
      clock.defer(() => {
        // The first come at once; then each is read in half the time that its answer takes.
        for (let i = 0; i < 4000; i++) {
          if (i >= 1000) clock.work(0.01);
          requests.spawn(answer);
          if (i >= 1000) loop.runIfCrowded();
          if (i >= 3000) most = Math.max(most, i + 1 - ran);
        }
        resolve();
      }),
    );
  await runtime.run(function* () {
    yield* scope(function* (requests) {
      yield* until(poll(requests));
    });
  });
  t.true(most < 100, `${most} of 4000 stand while the last ones come`);
});

test('timers are served between passes while fibers are busy', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock, sliceMs: 2 });
  let late = Infinity;
  await runtime.run(function* () {
    let stop = false;
    yield* spawn(function* () {
      const began = clock.now();
      yield* sleep(10);
      late = clock.now() - began - 10;
      stop = true;
    });
    while (!stop) {
      clock.work(0.5);
      yield* yieldNow();
    }
  });
  t.true(late <= 4, `${late} ms late`);
});

test('a batch shares its clock readings', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  await runtime.run(function* () {
    yield* scope(function* (inner) {
      for (let i = 0; i < 100; i++)
        inner.spawn(function* () {
          for (let j = 0; j < 100; j++) yield* yieldNow();
        });
    });
  });
  const { batches, ranMs } = runtime.loop.meter;
  t.is(ranMs, 0);
  t.true(clock.readings < 10_000 / 4, `${clock.readings} readings for 10,000 steps in ${batches} batches`);
});

test('a fiber that runs past its slice is counted as an overrun', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock, sliceMs: 2 });
  await runtime.run(function* hog() {
    yield* sleep(1);
    clock.work(50);
    yield* sleep(1);
  });
  t.true(runtime.loop.meter.overruns >= 1);
  t.is(runtime.loop.meter.longestMs, 50);
  t.is(runtime.loop.meter.ranMs, 50);
});

test('an unrecorded runtime runs just the same, and its snapshot has no nodes', async (t) => {
  const runtime = new Runtime({ recording: false });
  const value = await runtime.run(function* () {
    const jobs = channel<number>();
    yield* spawn(() => jobs.send(5));
    yield* sleep(1);
    return yield* jobs.receive();
  });
  t.is(value, 5);
  t.deepEqual(runtime.snapshotNow().nodes, []);
  t.deepEqual(leftovers(runtime), { live: 0, scopes: 0, ready: 0, timers: 0 });
});

test('stride without recording is refused, as are unknown queues, and slices and seeds that are no numbers', (t) => {
  t.throws(() => new Runtime({ queue: 'lifo' as 'fifo' }), {
    instanceOf: ArgumentError,
    message: "Expected `queue` to be 'stride', 'fifo' or a RunQueue, got `lifo` (string)",
  });
  t.throws(() => new Runtime({ recording: false, queue: 'stride' }), { instanceOf: ArgumentError });
  t.throws(() => new Runtime({ sliceMs: -1 }), { instanceOf: ArgumentError, message: /Expected `sliceMs`/ });
  t.throws(() => new Runtime({ sliceMs: NaN }), { instanceOf: ArgumentError });
  t.throws(() => new Runtime({ seed: 0.5 }), { instanceOf: ArgumentError, message: /Expected `seed`/ });
  t.throws(() => new Runtime({ seed: -1 }), { instanceOf: ArgumentError });
});

test('a slice of zero runs a batch in each pass', async (t) => {
  const value = await run(
    function* () {
      for (let i = 0; i < 20; i++) yield* yieldNow();
      return 'done';
    },
    { sliceMs: 0 },
  );
  t.is(value, 'done');
});

test('several runs share a runtime', async (t) => {
  const runtime = new Runtime();
  const values = await Promise.all(
    [1, 2, 3].map((n) =>
      runtime.run(function* () {
        yield* sleep(n);
        return n;
      }),
    ),
  );
  t.deepEqual(values, [1, 2, 3]);
  t.deepEqual(leftovers(runtime), { live: 0, scopes: 0, ready: 0, timers: 0 });
});

test('fibers are woken from plain callbacks of the outside', async (t) => {
  const jobs = channel<number>();
  const running = run(function* () {
    let sum = 0;
    for (let i = 0; i < 3; i++) sum += yield* jobs.receive();
    return sum;
  });
  await new Promise((resolve) => setImmediate(resolve));
  await new Promise((resolve) => setImmediate(resolve));
  for (const n of [1, 2]) t.true(jobs.trySend(n) || n === 2);
  queueMicrotask(() => void jobs.trySend(2));
  const rest = run(function* () {
    for (;;) {
      yield* sleep(1);
      if (!jobs.trySend(3)) return;
    }
  });
  t.true((await running) >= 6);
  await rest;
});

test('the root scope can be used from outside while it is open', async (t) => {
  const runtime = new Runtime();
  const { root, result } = runtime.start(function* () {
    yield* until(new Promise((resolve) => setImmediate(resolve)));
    return 'body';
  });
  const fiber = root.spawn(function* () {
    yield* sleep(1);
    return 'guest';
  });
  t.is(await result, 'body');
  t.is(fiber.status, 'succeeded');
});

test('whoever calls segments without end, and never suspends, gives way and can be cancelled there', async (t) => {
  const events: string[] = [];
  function* caller(): Operation<void> {
    try {
      for (let i = 0; i < 1_000_000; i++) yield* call(function* () {});
      events.push('was not stopped');
    } catch (error) {
      events.push(error instanceof CancelledError ? 'cancelled' : String(error));
      throw error;
    } finally {
      // The segments that it calls now run, as in any cleanup.
      yield* call(function* () {
        events.push('cleaned up');
      });
    }
  }
  await t.throwsAsync(
    new Runtime({ clock: new ImpatientClock() }).run(() => withTimeout(50, caller())),
    { instanceOf: TimeoutError },
  );
  t.deepEqual(events, ['cancelled', 'cleaned up']);
});

test('what is shielded begins, also where its fiber gave way at the call and was cancelled meanwhile', async (t) => {
  const counts = { called: 0, begun: 0 };
  // No generator, so that a shield is the only segment.
  const operation: Operation<void> = {
    *[Symbol.iterator]() {
      counts.begun++;
    },
  };
  function* caller(): Operation<void> {
    while (counts.called < 20_000) {
      counts.called++;
      yield* call(() => shield(operation));
    }
  }
  await new Runtime({ clock: new ImpatientClock() }).run(() => moveOnAfter(50, caller()));
  t.deepEqual(counts, { called: 20_000, begun: 20_000 });
});

test('what a cancelled fiber calls in its cleanup is called to the end, also where it gives way', async (t) => {
  let called = 0;
  function* step(): Operation<void> {
    called++;
  }
  function* work(): Operation<void> {
    try {
      yield* sleep(1000);
    } finally {
      while (called < 2_000) yield* call(step);
    }
  }
  await new Runtime({ clock: new VirtualClock(), sliceMs: 0 }).run(() => moveOnAfter(50, work()));
  t.is(called, 2_000);
});

test('in virtual time a fiber that always gives way does not keep promises from settling', async (t) => {
  await simulate(function* () {
    let settled = false;
    void Promise.resolve().then(() => (settled = true));
    while (!settled) yield* yieldNow();
    t.true(settled);
  });
});

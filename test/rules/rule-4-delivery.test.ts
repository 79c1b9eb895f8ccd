import test from 'ava';
import {
  call,
  CancelledError,
  channel,
  FiberCancelledError,
  mutex,
  run,
  scope,
  select,
  sleep,
  spawn,
  suspend,
  until,
  yieldNow,
  type Fiber,
  type Operation,
} from 'heddle';
import { sameEvents, simulate } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';

const waits: Record<string, () => Operation<unknown>> = {
  sleep: () => sleep(1000),
  suspend: () => suspend(),
  'channel.receive': () => channel<void>().receive(),
  'channel.send': () => channel<number>().send(1),
  until: () => until(new Promise(() => {})),
  select: () => select({ a: sleep(1000), b: channel<void>().receive() }),
  'mutex.lock': function* () {
    const lock = mutex();
    yield* spawn(function* () {
      const permit = yield* lock.lock();
      try {
        yield* suspend();
      } finally {
        permit.release();
      }
    });
    yield* sleep(0);
    yield* lock.lock();
  },
  'a loop of yieldNow': function* () {
    for (;;) yield* yieldNow();
  },
  'a called segment': () => call(() => sleep(1000)),
};

for (const [name, wait] of Object.entries(waits)) {
  test(`cancellation is thrown where the fiber waits, as a CancelledError: ${name}`, (t) =>
    simulateManyClean(
      function* () {
        let thrown: unknown;
        const fiber = yield* spawn(function* () {
          try {
            yield* scope(wait);
          } catch (error) {
            thrown = error;
            throw error;
          }
        });
        if (name.startsWith('a loop')) yield* yieldNow();
        else yield* sleep(5);
        fiber.cancel('enough');
        yield* select({ ended: until(ending(fiber)), late: sleep(100) });
        t.is(fiber.status, 'cancelled');
        t.true(thrown instanceof CancelledError);
        t.is((thrown as Error).message, 'Cancelled: enough');
      },
      { runs: 20 },
    ));
}

/** A promise of its end, for tests of waits that never move virtual time. */
function ending(fiber: Fiber): Promise<void> {
  return new Promise((resolve) => {
    const poll = (): void => void (fiber.status === 'cancelled' ? resolve() : setImmediate(poll));
    poll();
  });
}

test('a finally that suspends inside of a delegate does not lose the cancellation', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* inner(): Operation<void> {
      try {
        yield* suspend();
      } finally {
        try {
          yield* sleep(1);
        } catch (error) {
          log(error instanceof CancelledError ? 'thrown again' : 'wrong');
        }
      }
    }
    const fiber = yield* spawn(function* () {
      yield* inner();
      log('carried on');
    });
    yield* sleep(1);
    fiber.cancel();
    yield* sleep(10);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['thrown again']), null);
  }));

test('a fiber that is cancelled before its first step runs up to its first suspension', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      log('began');
      yield* sleep(1);
      log('wrong');
    });
    fiber.cancel();
    yield* sleep(1);
    t.is(fiber.status, 'cancelled');
    t.is(sameEvents(events, ['began']), null);
  }));

test('cancelling a fiber leaves its siblings and its scope alone', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* scope(function* (inner) {
      const victim = inner.spawn(() => suspend());
      inner.spawn(function* () {
        yield* sleep(5);
        log('sibling');
      });
      yield* sleep(1);
      victim.cancel();
      yield* sleep(20);
      t.false(inner.isCancelled);
    });
    log('after');
    t.is(sameEvents(events, ['sibling', 'after']), null);
  }));

test('cancelling twice, or after the end, has no effect', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      yield* sleep(1);
      return 1;
    });
    t.is(yield* fiber.join(), 1);
    fiber.cancel();
    t.is(fiber.status, 'succeeded');
    const other = yield* spawn(() => suspend());
    other.cancel('first');
    other.cancel('second');
    let error: unknown;
    try {
      yield* other.join();
    } catch (caught) {
      error = caught;
    }
    t.true(error instanceof FiberCancelledError);
    t.regex(String((error as Error).cause), /first/);
  }));

test('the error says why: a reason of its own at each cause', async (t) => {
  const controller = new AbortController();
  const aborted = run(() => suspend(), { signal: controller.signal });
  controller.abort(new Error('shutting down'));
  const error = await t.throwsAsync(aborted, { instanceOf: CancelledError });
  t.regex(error.message, /shutting down/);
});

test('a run with a signal that is aborted already begins nothing', async (t) => {
  let reached = false;
  await t.throwsAsync(
    run(
      function* () {
        reached = true;
        yield* sleep(1);
      },
      { signal: AbortSignal.abort(new Error('too late')) },
    ),
    { instanceOf: CancelledError, message: /aborted: .*too late/ },
  );
  t.false(reached);
});

test('plain calls neither switch nor cancel', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      log('other');
    });
    const self = yield* spawn(function* () {
      log('a');
      fiber.cancel();
      self.cancel();
      log('b');
    });
    yield* self.join();
    t.is(self.status, 'succeeded');
    t.is(events.indexOf('b'), events.indexOf('a') + 1);
  }));

test('a CancelledError that leaves no cancelled scope is a failure like any other', async (t) => {
  await t.throwsAsync(
    simulate(function* () {
      let kept: unknown;
      const fiber = yield* spawn(function* () {
        try {
          yield* suspend();
        } catch (error) {
          kept = error;
        }
      });
      yield* sleep(1);
      fiber.cancel();
      yield* sleep(1);
      yield* scope(function* () {
        throw kept;
      });
    }),
    { instanceOf: CancelledError },
  );
});

test('a reason that has no text aborts like any other', async (t) => {
  const controller = new AbortController();
  const aborted = run(() => suspend(), { signal: controller.signal });
  controller.abort(Object.create(null));
  await t.throwsAsync(aborted, { instanceOf: CancelledError, message: /aborted: an object of class/ });
});

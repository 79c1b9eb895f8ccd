import test from 'ava';
import {
  call,
  CancelledError,
  FiberLocal,
  moveOnAfter,
  now,
  run,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  yieldNow,
  type Operation,
} from 'heddle';
import { sameEvents, simulate } from 'heddle/testing';
import { simulateClean, simulateManyClean } from '../support/no-leak.js';

function* count(depth: number): Operation<number> {
  if (depth === 0) {
    yield* yieldNow();
    return 0;
  }
  return 1 + (yield* call(count, depth - 1));
}

test('calls nest a million deep', async (t) => {
  t.is(await simulateClean(() => count(1_000_000)), 1_000_000);
});

test('an error comes up through a million calls', async (t) => {
  function* fall(depth: number): Operation<never> {
    if (depth === 0) throw new Error('bottom');
    return yield* call(fall, depth - 1);
  }
  await t.throwsAsync(
    simulateClean(() => fall(1_000_000)),
    { message: 'bottom' },
  );
});

test('a cancellation comes up through a million calls, and each finally runs', async (t) => {
  let cleaned = 0;
  function* descend(depth: number): Operation<void> {
    try {
      if (depth === 0) yield* suspend();
      else yield* call(descend, depth - 1);
    } finally {
      cleaned++;
    }
  }
  await simulateClean(() => moveOnAfter(5, descend(1_000_000)));
  t.is(cleaned, 1_000_001);
});

test('a call returns what the function returns and takes its arguments', (t) =>
  simulateManyClean(function* () {
    function* join(a: string, b: number): Operation<string> {
      yield* sleep(1);
      return a + b;
    }
    t.is(yield* call(join, 'x', 1), 'x1');
    t.is(yield* join('x', 1), 'x1');
  }));

test('a called function may be any that returns an operation', (t) =>
  simulateManyClean(function* () {
    const began = now();
    yield* call(sleep, 5);
    yield* call(() => yieldNow());
    t.is(now() - began, 5);
  }));

test('an error inside of a call is caught around it', (t) =>
  simulateManyClean(function* ({ log, events }) {
    function* fail(): Operation<void> {
      yield* sleep(1);
      throw new Error('boom');
    }
    function* middle(): Operation<void> {
      try {
        yield* call(fail);
      } finally {
        yield* sleep(1);
        log('finally');
      }
    }
    try {
      yield* call(middle);
    } catch (error) {
      log((error as Error).message);
    }
    yield* sleep(1);
    log('went on');
    t.is(sameEvents(events, ['finally', 'boom', 'went on']), null);
  }));

test('an error of making the operation is thrown at the call', (t) =>
  simulateManyClean(function* () {
    let message = '';
    try {
      yield* call(() => {
        throw new Error('making');
      });
    } catch (error) {
      message = (error as Error).message;
    }
    t.is(message, 'making');
  }));

test('cancellation, scopes, shields and locals work across calls', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const user = new FiberLocal('nobody');
    function* work(): Operation<void> {
      user.set('ann');
      yield* scope(function* () {
        yield* spawn(function* () {
          log(`child of ${user.get()}`);
        });
        try {
          yield* call(() => suspend());
        } catch (error) {
          log(error instanceof CancelledError ? 'cancelled' : 'wrong');
          yield* call(() => shield(sleep(5)));
          log('closed');
          throw error;
        }
      });
    }
    yield* moveOnAfter(10, call(work));
    log(user.get());
    t.is(sameEvents(events, ['child of ann', 'cancelled', 'closed', 'ann']), null);
  }));

test('a call in a cancelled fiber runs up to the first suspension', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const fiber = yield* spawn(function* () {
      fiber.cancel();
      yield* call(function* () {
        log('called');
        yield* sleep(1);
        log('wrong');
      });
    });
    yield* sleep(10);
    t.is(sameEvents(events, ['called']), null);
  }));

test('recursion folds in the graph: any depth makes the same few nodes', async (t) => {
  function* even(n: number): Operation<boolean> {
    yield* yieldNow();
    return n === 0 || (yield* call(odd, n - 1));
  }
  function* odd(n: number): Operation<boolean> {
    yield* yieldNow();
    return n !== 0 && (yield* call(even, n - 1));
  }
  const nodes = await simulate(function* program({ runtime }) {
    yield* call(even, 10);
    const before = runtime.snapshotNow().nodes.length;
    yield* call(even, 1000);
    return [before, runtime.snapshotNow().nodes.length];
  });
  t.is(nodes[0], nodes[1]);
});

test('the graph shows the functions through which a fiber came, outermost first', async (t) => {
  function* query(): Operation<void> {
    yield* sleep(1);
  }
  function* handler(): Operation<void> {
    yield* call(query);
    yield* sleep(1);
  }
  const chains = await simulate(function* program({ runtime }) {
    const fiber = yield* spawn(handler);
    yield* fiber.join();
    return runtime
      .snapshotNow()
      .nodes.filter((node) => node.label === 'sleep')
      .map((node) => node.chain.join(' > '));
  });
  t.deepEqual(chains.sort(), ['handler', 'handler > query']);
});

test('a resume costs the same at any depth', async (t) => {
  // Not a timing: the native stack would overflow if the whole chain were on it at a resume.
  await run(function* () {
    function* deep(depth: number): Operation<void> {
      if (depth > 0) return yield* call(deep, depth - 1);
      for (let i = 0; i < 10_000; i++) yield* yieldNow();
    }
    yield* deep(100_000);
  });
  t.pass();
});

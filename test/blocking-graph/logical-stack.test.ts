import test from 'ava';
import { call, CancelledError, gate, run, Runtime, scope, sleep, spawn, type Operation } from 'heddle';
import { enter, module as registerModule, site } from 'heddle/compiled';
import { stat } from 'heddle/fs';
import { connect } from 'heddle/net';
import { simulate, VirtualClock } from 'heddle/testing';

const m = registerModule(20, () => [
  '/app/server.ts',
  ['function', 'serve', 1, 1],
  ['site', 0, 2, 3, 'spawn'],
  ['site', 0, 3, 3, 'sleep'],
  ['function', 'descend', 5, 1],
  ['site', 3, 6, 10, 'descend'],
  ['site', 3, 7, 3, 'sleep'],
]);

function* descend(levels: number): Operation<never> {
  const c = enter(m + 3);
  if (levels > 0) return yield* site(1, c, descend(levels - 1));
  yield* site(2, c, sleep(1));
  throw new RangeError('bottom');
}

function* serve(): Operation<void> {
  const c = enter(m);
  yield* site(1, c, spawn(descend, 20));
  yield* site(2, c, sleep(10));
}

async function stackOf(body: () => Operation<unknown>): Promise<string[]> {
  try {
    await new Runtime({ clock: new VirtualClock() }).run(body);
  } catch (error) {
    return (error as Error).stack!.split('\n');
  }
  throw new Error('it did not fail');
}

test('the stack of an error that leaves a fiber has the calls of all segments, and where it was spawned', async (t) => {
  const [message, ...frames] = await stackOf(serve);
  t.is(message, 'RangeError: bottom');
  t.deepEqual(frames.slice(-2), [
    '    at descend (/app/server.ts:6:10)',
    '    at fiber 1 descend, spawned by serve (/app/server.ts:2:3)',
  ]);
  const own = frames.slice(0, -2);
  t.true(
    own.length >= 4 && own.every((frame) => /^ {4}at descend \(.*logical-stack\.test\.[jt]s:\d+:\d+\)$/.test(frame)),
  );
});

test('it stays what tools parse: each line of it a frame', async (t) => {
  const [, ...frames] = await stackOf(serve);
  t.true(frames.length > 4);
  for (const frame of frames) t.regex(frame, /^ {4}at .+ \(.+:\d+:\d+\)$/);
});

test('frames of the runtime are hidden, without the compiler too', async (t) => {
  const stack = await stackOf(function* program() {
    yield* spawn(function* child() {
      yield* call(function* inner() {
        yield* sleep(1);
        throw new Error('two\nlines');
      });
    });
  });
  t.deepEqual(stack.slice(0, 2), ['Error: two', 'lines']);
  t.regex(stack[2]!, /^ {4}at inner \(/);
  t.deepEqual(stack.slice(3), ['    at child', '    at fiber 1 child, spawned by program']);
});

for (const [name, operation] of Object.entries({
  'a file': () => stat('/nowhere'),
  'a connection': () => connect({ path: '/nowhere' }),
}))
  test(`an error of the system tells where the fiber waited for ${name}`, async (t) => {
    const inSystemTime = new Runtime();
    let caught: unknown;
    await inSystemTime.run(function* program() {
      try {
        yield* scope(function* () {
          yield* spawn(function* child() {
            yield* call(function* asking() {
              yield* operation();
            });
          });
        });
      } catch (error) {
        caught = error;
      }
    });
    const [message, first, ...frames] = (caught as Error).stack!.split('\n');
    t.regex(message!, /ENOENT/);
    t.regex(first!, /^ {4}at asking \(/);
    t.deepEqual(frames, ['    at child', '    at fiber 1 child, spawned by program']);
  });

test('the fiber that an error leaves first is where it happened', async (t) => {
  const stack = await stackOf(function* program() {
    yield* scope(function* () {
      const failing = yield* spawn(function* child() {
        yield* sleep(1);
        throw new Error('once');
      });
      yield* failing.join();
    });
  });
  t.is(stack.filter((line) => line.includes('at fiber')).length, 1);
  t.regex(stack.at(-1)!, /at fiber 1 child, spawned by/);
});

test('an error that leaves a gate was thrown by the work, and not by who waits for it', async (t) => {
  const stack = await stackOf(function* program() {
    const mail = gate({ name: 'mail', goal: 1000 });
    yield* mail.admit(function* deliver() {
      yield* sleep(1);
      throw new Error('lost');
    });
  });
  t.deepEqual(stack.slice(2), ['    at deliver', '    at fiber 1 deliver, spawned by program']);
});

test('frozen errors, errors without a stack, and what is no error pass as they are', async (t) => {
  const bare = Object.assign(new Error('bare'), { stack: undefined });
  for (const thrown of [Object.freeze(new Error('frozen')), bare, 'text', null]) {
    let caught: unknown = 'nothing';
    await run(function* () {
      throw thrown;
    }).catch((error: unknown) => (caught = error));
    t.is(caught, thrown);
  }
});

test('a cancellation is no failure, and its stack is left alone', async (t) => {
  let stopped: unknown;
  await simulate(function* () {
    const sleeper = yield* spawn(function* () {
      try {
        yield* sleep(1000);
      } catch (error) {
        stopped = error;
        throw error;
      }
    });
    yield* sleep(1);
    sleeper.cancel();
  });
  t.true(stopped instanceof CancelledError);
  t.notRegex((stopped as Error).stack!, /at fiber/);
});

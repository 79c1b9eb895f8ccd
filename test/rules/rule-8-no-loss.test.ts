import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { inspect, promisify } from 'node:util';
import test from 'ava';
import {
  CancelledError,
  channel,
  DeadlockError,
  mutex,
  run,
  scope,
  shield,
  sleep,
  spawn,
  suspend,
  until,
  type Operation,
} from 'heddle';
import { simulate, VirtualClock } from 'heddle/testing';
import { fuzzSeeds } from '../support/fuzz.js';
import { simulateManyClean } from '../support/no-leak.js';

test('a failure that nobody joins reaches its scope', (t) =>
  simulateManyClean(function* () {
    let error: unknown;
    try {
      yield* scope(function* (inner) {
        inner.spawn(function* () {
          yield* sleep(1);
          throw new Error('unobserved');
        });
      });
    } catch (caught) {
      error = caught;
    }
    t.is((error as Error).message, 'unobserved');
  }));

test('a failure of the root rejects the run', async (t) => {
  await t.throwsAsync(
    simulate(function* () {
      yield* spawn(function* () {
        throw new Error('in a fiber');
      });
    }),
    { message: 'in a fiber' },
  );
  await t.throwsAsync(
    simulate(function* () {
      throw new Error('in the body');
    }),
    { message: 'in the body' },
  );
});

test('when nothing can wake the program, DeadlockError says what its fibers wait for', async (t) => {
  for (const seed of fuzzSeeds(20)) {
    const error = await t.throwsAsync(
      simulate(
        function* program() {
          const jobs = channel<void>(0, { name: 'jobs' });
          yield* spawn(function* worker() {
            yield* jobs.receive();
          });
          yield* jobs.receive();
        },
        { seed },
      ),
      { instanceOf: DeadlockError },
    );
    t.regex(error.message, /2 fibers wait/);
    t.regex(error.dump, /worker/);
    t.regex(error.dump, /channel\.receive\(jobs\)/);
    t.is(inspect(error).split(/channel\.receive\(jobs\)/).length, 2, 'printed once');
  }
});

test('a deadlock of locks is named as a cycle', async (t) => {
  for (const seed of fuzzSeeds(20)) {
    const error = await t.throwsAsync(
      simulate(
        function* () {
          const [a, b] = [mutex({ name: 'a' }), mutex({ name: 'b' })];
          function* both(first: typeof a, second: typeof a): Operation<void> {
            yield* first.withLock(
              (function* () {
                yield* sleep(1);
                yield* second.withLock(sleep(1));
              })(),
            );
          }
          yield* spawn(both, a, b);
          yield* spawn(both, b, a);
        },
        { seed },
      ),
      { instanceOf: DeadlockError },
    );
    t.regex(
      error.dump,
      /deadlock: fiber \d+ \(both\) holds mutex `[ab]` and waits for mutex `[ab]`, which fiber \d+ \(both\) holds/,
    );
  }
});

/** What a program prints whose process ends when nothing keeps it alive any more. */
async function printed(program: string): Promise<string> {
  const cwd = fileURLToPath(new URL('../../..', import.meta.url));
  const code = `import { event, run, suspend, until } from 'heddle'; ${program}`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { cwd });
  return stdout.trim();
}

test('a deadlock is found in a real process, when nothing keeps it alive any more', async (t) => {
  const found = await printed('run(() => suspend()).catch((error) => console.log(error.code));');
  t.is(found, 'ERR_HEDDLE_DEADLOCK');
});

for (const [how, wake] of [
  ['at once', 'done.set()'],
  ['later', 'setTimeout(() => done.set(), 10)'],
])
  for (const order of ['before', 'after'])
    test(`a program that another listener to the end of the process, added ${order} it, wakes ${how} is not deadlocked`, async (t) => {
      const [first, second] = [
        `process.once('beforeExit', () => ${wake});`,
        `run(() => done.wait()).then(() => console.log('woken'));`,
      ];
      const parts = order === 'before' ? [first, second] : [second, first];
      t.is(await printed(`const done = event(); ${parts.join(' ')}`), 'woken');
    });

test('a run that waits for another one, which is deadlocked, goes on', async (t) => {
  const inner = `run(() => suspend()).catch((error) => error.code)`;
  t.is(
    await printed(`run(() => until(Promise.resolve().then(() => ${inner}))).then(console.log);`),
    'ERR_HEDDLE_DEADLOCK',
  );
  const clock = new VirtualClock();
  const outcome = run(() => until(Promise.resolve().then(() => run(() => suspend(), { clock }))), { clock });
  t.regex((await t.throwsAsync(outcome, { instanceOf: DeadlockError })).dump, /\bsuspend\b/);
});

test('runs that are deadlocked each say so, however they end', async (t) => {
  const ends = `suspend(), () => (function* () { try { yield* suspend(); } finally { yield* suspend(); } })()`;
  const program = `for (const f of [() => ${ends}, () => suspend()]) run(f).catch((error) => console.log(error.code));`;
  t.deepEqual((await printed(program)).split('\n'), Array(3).fill('ERR_HEDDLE_DEADLOCK'));
  const clock = new VirtualClock();
  const runs = [run(() => suspend(), { clock }), run(() => shield(suspend(), { within: Infinity }), { clock })];
  for (const outcome of await Promise.allSettled(runs)) t.is(outcome.status, 'rejected');
});

test('a deadlocked program is stopped in order: finally runs, and may still wait', async (t) => {
  for (const seed of fuzzSeeds(20)) {
    const events: string[] = [];
    await t.throwsAsync(
      simulate(
        function* () {
          try {
            yield* suspend();
          } catch (error) {
            events.push(error instanceof CancelledError ? 'cancelled' : 'wrong');
            throw error;
          } finally {
            yield* shield(sleep(10));
            events.push('closed');
          }
        },
        { seed },
      ),
      { instanceOf: DeadlockError },
    );
    t.deepEqual(events, ['cancelled', 'closed']);
  }
});

test('a program that deadlocks again while it is stopped is given up', async (t) => {
  await t.throwsAsync(
    simulate(function* () {
      try {
        yield* suspend();
      } finally {
        yield* shield(suspend(), { within: Infinity });
      }
    }),
    { instanceOf: DeadlockError },
  );
});

test('waiting for a promise or a timer is no deadlock', async (t) => {
  const value = await simulate(function* () {
    yield* sleep(1_000_000);
    return yield* until(new Promise((done) => setImmediate(done, 'value')));
  });
  t.is(value, 'value');
});

test('the rejection of a promise that a cancelled fiber never came to wait for does not end the process', (t) =>
  simulateManyClean(function* () {
    const fiber = yield* spawn(function* () {
      fiber.cancel();
      yield* until(Promise.reject(new Error('nobody waits')));
    });
    yield* sleep(1);
    yield* until(new Promise((done) => setImmediate(done)));
    t.is(fiber.status, 'cancelled');
  }));

test('a fiber that is stopped with a failure in its finally fails its scope', (t) =>
  simulateManyClean(function* () {
    let error: unknown;
    try {
      yield* scope(function* (inner) {
        const fiber = inner.spawn(function* () {
          try {
            yield* suspend();
          } finally {
            // oxlint-disable-next-line no-unsafe-finally
            throw new Error('clean-up failed');
          }
        });
        yield* sleep(1);
        fiber.cancel();
      });
    } catch (caught) {
      error = caught;
    }
    t.is((error as Error).message, 'clean-up failed');
  }));

test('two runs in one process do not know of each other', async (t) => {
  const program = function* (): Operation<number> {
    yield* sleep(1);
    return 1;
  };
  const runs = await Promise.allSettled([run(program), simulate(() => suspend()), run(program)]);
  t.deepEqual(
    runs.map((outcome) => outcome.status),
    ['fulfilled', 'rejected', 'fulfilled'],
  );
});

import test from 'ava';
import {
  abortable,
  ArgumentError,
  moveOnAfter,
  moveOnAt,
  now,
  run,
  scope,
  select,
  shield,
  sleep,
  sleepUntil,
  spawn,
  suspend,
  until,
  withTimeout,
  withTimeoutAt,
  type Operation,
  type Resume,
} from 'heddle';
import { simulate } from 'heddle/testing';
import { simulateManyClean } from '../support/no-leak.js';
import { thrownBy } from '../support/thrown-by.js';

test('now does not move while fibers run, and sleep moves it by as much as it says', (t) =>
  simulateManyClean(function* () {
    const began = now();
    yield* sleep(0);
    t.is(now(), began);
    yield* sleep(1.5);
    t.is(now(), began + 1.5);
    yield* sleep(3_600_000);
    t.is(now(), began + 3_600_001.5);
  }));

test('suspend returns what resumes it, throws what fails it, and ignores all but the first', (t) =>
  simulateManyClean(function* () {
    let later: Resume<string> | undefined;
    yield* spawn(function* () {
      yield* sleep(1);
      later!('first');
      later!('second');
      later!.fail(new Error('third'));
    });
    t.is(yield* suspend<string>((resume) => void (later = resume), 'line'), 'first');
    try {
      yield* suspend<string>((resume) => {
        resume.fail(new Error('at once'));
        resume('too late');
      });
      t.fail();
    } catch (error) {
      t.is((error as Error).message, 'at once');
    }
    t.is(yield* suspend<string>((resume) => resume('at once')), 'at once');
  }));

test('what registers a wait, has an answer at once and then throws fails its scope', (t) =>
  simulateManyClean(function* () {
    const answers: unknown[] = [];
    const failing = scope(function* () {
      answers.push(
        yield* suspend<string>((resume) => {
          resume('answer');
          throw new Error('after the answer');
        }),
      );
    });
    t.is(String(yield* thrownBy(failing)), 'Error: after the answer');
    t.deepEqual(answers, ['answer']);
    const choosing = scope(function* () {
      answers.push(
        (yield* select({
          one: suspend<string>((resume) => {
            resume('branch');
            throw new Error('after the branch');
          }),
        })).value,
      );
    });
    t.is(String(yield* thrownBy(choosing)), 'Error: after the branch');
    t.deepEqual(answers, ['answer', 'branch']);
  }));

test('a callback that comes after a cancellation is ignored', (t) =>
  simulateManyClean(function* () {
    let later: Resume<void> | undefined;
    yield* moveOnAfter(
      5,
      suspend<void>((resume) => void (later = resume)),
    );
    later!();
    later!.fail(new Error('too late'));
    yield* sleep(1);
    t.is(now(), 6);
  }));

test('what undoes a registration is not called when the wait was answered', (t) =>
  simulateManyClean(function* ({ log, events }) {
    yield* suspend<void>((resume) => {
      setImmediate(resume);
      return () => log('undone');
    });
    t.deepEqual(events, []);
  }));

test('until returns the value of a promise, and throws what it was rejected with', (t) =>
  simulateManyClean(function* () {
    t.is(yield* until(Promise.resolve(1)), 1);
    t.is(
      yield* until({ then: (resolve: (value: number) => void) => resolve(2) } as PromiseLike<number>, 'thenable'),
      2,
    );
    try {
      yield* until(Promise.reject(new Error('no')), 'rejected');
      t.fail();
    } catch (error) {
      t.is((error as Error).message, 'no');
    }
  }));

test('abortable gives its work a signal that stands until it is cancelled', (t) =>
  simulateManyClean(function* () {
    let signal: AbortSignal | undefined;
    t.is(yield* abortable(async (given) => ((signal = given), 'done'), 'work'), 'done');
    t.false(signal!.aborted);
    yield* moveOnAfter(
      5,
      abortable((given) => {
        signal = given;
        return new Promise((_, stop) => given.addEventListener('abort', () => stop(given.reason)));
      }),
    );
    t.true(signal!.aborted);
    t.regex(String(signal!.reason), /deadline/);
  }));

test('an error of abortable work is thrown', async (t) => {
  await t.throwsAsync(
    run(() => abortable(() => Promise.reject(new Error('own')))),
    { message: 'own' },
  );
});

test('untilIdle waits until all others wait, without moving time', (t) =>
  simulateManyClean(function* ({ untilIdle, log, events }) {
    yield* spawn(function* () {
      yield* until(Promise.resolve().then(() => {}));
      log('settled');
      yield* sleep(5);
      log('slept');
    });
    yield* untilIdle();
    t.deepEqual(events, ['settled']);
    t.is(now(), 0);
  }));

test('without auto-advance time moves as far as the test says, with all that happens in between', async (t) => {
  const events: string[] = [];
  let moved: Promise<void> | undefined;
  await simulate(
    function* ({ clock }) {
      moved = (async () => {
        await clock.advance(15);
        events.push(`at ${clock.now()}`);
        await clock.advance(100);
      })();
      for (let i = 1; i <= 3; i++) {
        yield* sleep(10);
        events.push(`woken ${now()}`);
      }
    },
    { autoAdvance: false },
  );
  await moved;
  t.deepEqual(events, ['woken 10', 'at 15', 'woken 20', 'woken 30']);
});

const bad: [string, () => unknown, RegExp][] = [
  ['sleep(-1)', () => sleep(-1), /^Expected `ms` to be a finite number of milliseconds ≥ 0, got `-1` \(number\)$/],
  ['sleep(NaN)', () => sleep(NaN), /got `NaN` \(number\)/],
  ['sleep(Infinity)', () => sleep(Infinity), /a finite number of milliseconds ≥ 0, got `Infinity`/],
  ["sleep('5')", () => sleep('5' as never), /got `5` \(string\)/],
  ['sleep()', () => (sleep as () => unknown)(), /got `undefined`/],
  [
    'sleepUntil(NaN)',
    () => sleepUntil(NaN),
    /Expected `at` to be a time in milliseconds of now\(\), got `NaN` \(number\)/,
  ],
];
for (const [name, body, message] of bad)
  test(`${name} is refused`, (t) => {
    t.regex(t.throws(body, { instanceOf: ArgumentError })!.message, message);
  });

test('deadlines that are no times are refused', (t) =>
  simulateManyClean(
    function* () {
      const wrong: [() => Operation<unknown>, RegExp][] = [
        [() => withTimeout(-1, sleep(1)), /Expected `ms` to be a number of milliseconds ≥ 0, got `-1`/],
        [() => withTimeout(NaN, sleep(1)), /got `NaN`/],
        [() => moveOnAfter('1' as never, sleep(1)), /got `1` \(string\)/],
        [() => withTimeoutAt(NaN, sleep(1)), /Expected `at`/],
        [() => moveOnAt(NaN, sleep(1)), /Expected `at`/],
        [() => shield(sleep(1), { within: -5 }), /Expected `within`/],
      ];
      for (const [operation, message] of wrong)
        try {
          yield* operation();
          t.fail();
        } catch (error) {
          t.true(error instanceof ArgumentError);
          t.regex((error as Error).message, message);
        }
    },
    { runs: 1 },
  ));

import { mock } from 'node:test';
import { setImmediate as turn } from 'node:timers';
import test from 'ava';
import { ArgumentError, now, Runtime, scope, select, sleep, until, yieldNow, type Operation } from 'heddle';
import { sameEvents, simulate, simulateMany, VirtualClock } from 'heddle/testing';

test('a set among the expected events means in any order, and no more than that', (t) => {
  t.is(sameEvents(['a', 'c', 'b', 'd'], ['a', new Set(['b', 'c']), 'd']), null);
  t.is(sameEvents([], []), null);
  t.regex(sameEvents(['a', 'b'], ['b', 'a'])!, /at event 0: expected 'b', got 'a'/);
  t.regex(
    sameEvents(['a', 'd', 'b'], ['a', new Set(['b', 'c'])])!,
    /at event 1: expected \{'b', 'c'\} in any order, got 'd', 'b'/,
  );
  t.regex(sameEvents(['a'], ['a', 'b'])!, /at event 1: expected 'b', got nothing/);
  t.regex(sameEvents(['a', 'b'], ['a'])!, /1 more events than expected: 'b'/);
});

test('a failure under one of many schedules names its seed, which repeats it', async (t) => {
  function* fragile({ log, events }: { log(event: string): void; events: string[] }) {
    yield* scope(function* (inner) {
      for (const name of ['a', 'b', 'c'])
        inner.spawn(function* () {
          yield* yieldNow();
          log(name);
        });
    });
    if (events[0] === 'c') throw new Error('c came first');
  }
  const error = await t.throwsAsync(simulateMany(fragile));
  const seed = Number(/^\[seed (\d+)\] c came first$/.exec(error!.message)![1]);
  await t.throwsAsync(simulate(fragile, { seed }), { message: 'c came first' });
});

const thrown: [what: string, error: object | string, text: RegExp][] = [
  ['an error', new RangeError('boom'), /^\[seed 7\] RangeError: boom\n +at /],
  ['a frozen error', Object.freeze(new RangeError('boom')), /^Error: \[seed 7\] RangeError: boom\n +at /],
  ['a DOMException', new DOMException('boom', 'AbortError'), /^Error: \[seed 7\] AbortError: boom\n +at /],
  ['what is no error', 'boom', /^Error: \[seed 7\] boom\n +at /],
];
for (const [what, error, stack] of thrown)
  test(`${what} that is thrown under one of many schedules stays, and its seed is printed with it`, async (t) => {
    const fail = function* (): Operation<void> {
      throw error;
    };
    const found = (await t.throwsAsync(simulateMany(fail, { seed: 7 })))!;
    t.is(found.cause ?? found, error);
    t.regex(found.message, /^\[seed 7\] .*boom$/);
    t.regex(found.stack!, stack);
  });

test('options that there are not, and times that are none, are refused by name', async (t) => {
  const unknown = { autoAdvanc: false } as object;
  const nothing = (): Operation<void> => sleep(1);
  t.throws(() => simulate(nothing, unknown), { message: /`autoAdvanc` of `simulate`; did you mean `autoAdvance`/ });
  await t.throwsAsync(simulateMany(nothing, unknown), { message: /`autoAdvanc` of `simulateMany`/ });
  t.throws(() => new VirtualClock(unknown), { message: /`autoAdvanc` of `VirtualClock`/ });
  for (const start of [NaN, Infinity, '1' as never])
    t.throws(() => new VirtualClock({ start }), {
      instanceOf: ArgumentError,
      message: /Expected `start` to be a finite/,
    });
});

test('many schedules are really different', async (t) => {
  const orders = new Set<string>();
  await simulateMany(
    function* ({ log, events }) {
      yield* scope(function* (inner) {
        for (const name of ['a', 'b', 'c']) inner.spawn(() => (log(name), yieldNow()));
        for (const name of ['x', 'y', 'z'])
          inner.spawn(function* () {
            log(name);
          });
      });
      orders.add(events.slice(3).join(''));
    },
    { runs: 100 },
  );
  t.is(orders.size, 6);
});

test('what the program draws says nothing about the schedule, nor about what select takes', async (t) => {
  // Of 400 pairs of fair coins half agree; of the same coins all.
  let alikeFirst = 0;
  let alikeTaken = 0;
  await simulateMany(
    function* ({ random }) {
      const drawn = random.below(2);
      const order: number[] = [];
      yield* scope(function* (inner) {
        for (const n of [0, 1])
          inner.spawn(function* () {
            order.push(n);
          });
      });
      const { branch } = yield* select({ 0: sleep(0), 1: sleep(0) });
      if (order[0] === drawn) alikeFirst++;
      if (Number(branch) === drawn) alikeTaken++;
    },
    { runs: 400 },
  );
  t.true(Math.abs(alikeFirst - 200) < 60, `the first to run: ${alikeFirst} of 400`);
  t.true(Math.abs(alikeTaken - 200) < 60, `the branch taken: ${alikeTaken} of 400`);
});

test('a seed beyond 32 bits is refused by name', async (t) => {
  for (const seed of [-1, 2 ** 32, 0.5]) {
    const expected = { instanceOf: ArgumentError, message: /Expected `seed` to be an integer from 0 to 4294967295/ };
    await t.throwsAsync(async () => simulate(yieldNow, { seed }), expected);
    t.throws(() => new Runtime({ seed }), expected);
  }
});

test('an hour of virtual time is over at once, and is an hour', async (t) => {
  const took = await simulate(function* () {
    const began = now();
    for (let i = 0; i < 3600; i++) yield* sleep(1000);
    return now() - began;
  });
  t.is(took, 3_600_000);
});

test('time does not run ahead of promises that settle by themselves', async (t) => {
  const at = await simulate(function* () {
    yield* until(
      (async () => {
        for (let i = 0; i < 100; i++) await Promise.resolve();
      })(),
    );
    return now();
  });
  t.is(at, 0);
});

test('a clock is moved forwards, by a number', async (t) => {
  const clock = new VirtualClock({ start: 100 });
  t.is(clock.now(), 100);
  await clock.advance(5);
  t.is(clock.now(), 105);
  await t.throwsAsync(clock.advance(-1), { instanceOf: ArgumentError });
  await t.throwsAsync(clock.advance(NaN), { instanceOf: ArgumentError });
});

test('a clock that is moved by two at once never goes back', async (t) => {
  const clock = new VirtualClock({ autoAdvance: false });
  await Promise.all([clock.advance(100), clock.advance(50)]);
  t.is(clock.now(), 100);
});

test('two runtimes share a clock, and each is woken in its time', async (t) => {
  const clock = new VirtualClock();
  const events: string[] = [];
  const ticks = (name: string, every: number): Promise<void> =>
    new Runtime({ clock }).run(function* () {
      for (let i = 0; i < 3; i++) {
        yield* sleep(every);
        events.push(`${name} ${now()}`);
      }
    });
  await Promise.all([ticks('a', 10), ticks('b', 15)]);
  t.is(sameEvents(events, ['a 10', 'b 15', 'a 20', new Set(['a 30', 'b 30']), 'b 45']), null);
});

test.serial('fake timers of a test runner do not stop virtual time', async (t) => {
  mock.timers.enable();
  try {
    const result = simulate(function* () {
      yield* sleep(1000);
      return now();
    });
    t.is(await Promise.race([result, turns(100)]), 1000);
  } finally {
    mock.timers.reset();
  }
});

/** Turns of the real event loop. */
async function turns(count: number): Promise<string> {
  for (let taken = 0; taken < count; taken++) await new Promise<void>((resolve) => void turn(resolve));
  return `nothing has come for ${count} turns`;
}

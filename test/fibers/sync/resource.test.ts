import test from 'ava';
import {
  ArgumentError,
  MisuseError,
  moveOnAfter,
  OverloadError,
  resource,
  scope,
  select,
  sleep,
  spawn,
  type Permit,
} from 'heddle';
import { thrownBy } from '../../support/thrown-by.js';
import { simulateClean, simulateManyClean } from '../../support/no-leak.js';

test('a resource that grows grants to those who wait, in their order', (t) =>
  simulateClean(function* ({ log, events }) {
    const database = resource('database', { capacity: 1 });
    yield* spawn(() => database.withPermit(sleep(100)));
    yield* sleep(1);
    for (const name of ['a', 'b', 'c']) {
      yield* spawn(function* () {
        using _permit = yield* database.acquire();
        log(name);
        yield* sleep(1000);
      });
      yield* sleep(1);
    }
    t.deepEqual(events, []);
    database.resize(3);
    yield* sleep(1);
    t.deepEqual(events, ['a', 'b']);
    t.deepEqual(database.stats(), { capacity: 3, available: 0, waiting: 1 });
  }, FIRST_COME));

test('a resource that shrinks below what is in use grants nothing until enough has come back', (t) =>
  simulateClean(function* () {
    const database = resource('database', { capacity: 4 });
    const permits: Permit[] = [];
    for (let i = 0; i < 4; i++) permits.push(yield* database.acquire());
    database.resize(2);
    t.deepEqual(database.stats(), { capacity: 2, available: -2, waiting: 0 });
    const waiter = yield* spawn(() => database.acquire());
    for (const expected of ['waiting', 'waiting', 'succeeded']) {
      permits.pop()!.release();
      yield* sleep(1);
      t.is(waiter.status === 'succeeded' ? 'succeeded' : 'waiting', expected);
    }
    t.is(database.available, 0);
  }));

test('never more than its capacity is in use while it changes, and nothing is lost, under any schedule', (t) =>
  simulateManyClean(function* ({ random }) {
    const seats = resource('seats', { capacity: 3 });
    let held = 0;
    yield* scope(function* (inner) {
      for (let i = 0; i < 20; i++)
        inner.spawn(function* () {
          for (let turn = 0; turn < 3; turn++) {
            const attempt = seats.acquire();
            const permit = random.below(4) === 0 ? yield* moveOnAfter(1, attempt) : yield* attempt;
            if (permit === undefined) continue;
            t.true(++held <= seats.capacity, `${held} of ${seats.capacity}`);
            yield* sleep(random.below(4));
            held--;
            permit.release();
          }
        });
      inner.spawn(function* () {
        for (let i = 0; i < 10; i++) {
          yield* sleep(random.below(4));
          const inUse = seats.capacity - seats.available;
          seats.resize(Math.max(inUse, 1) + random.below(3));
        }
      });
    });
    t.is(seats.available, seats.capacity);
    t.is(seats.stats().waiting, 0);
  }));

test('what waits for more than a shrunken resource has is told so, and holds up nobody', (t) =>
  simulateClean(function* () {
    const seats = resource('seats', { capacity: 4 });
    const first = yield* seats.acquire(2);
    const doomed = yield* spawn(() => thrownBy(seats.acquire(4)));
    const chosen = yield* spawn(() => thrownBy(select({ all: seats.acquire(4), some: seats.acquire(3) })));
    const modest = yield* spawn(() => seats.acquire(1));
    const late = seats.acquire(4);
    yield* sleep(1);
    seats.resize(3);
    yield* sleep(1);
    t.is(modest.status, 'succeeded');
    for (const error of [yield* doomed.join(), yield* chosen.join(), yield* thrownBy(late)]) {
      t.true(error instanceof OverloadError);
      t.is((error as Error).message, '4 of resource `seats` were asked for, which has been resized to 3');
    }
    t.deepEqual(seats.stats(), { capacity: 3, available: 0, waiting: 0 });
    first.release();
  }));

test('releasing twice names the resource, and changes nothing', (t) =>
  simulateClean(function* () {
    const seats = resource('seats', { capacity: 2 });
    const permit = yield* seats.acquire();
    permit.release();
    const error = t.throws(() => permit.release(), { instanceOf: MisuseError });
    t.regex(error.message, /resource `seats`/);
    t.is(seats.available, 2);
  }));

for (const capacity of [0, -1, 1.5, NaN, '3' as unknown as number])
  test(`a capacity of ${JSON.stringify(capacity)} (${String(capacity)}) is refused, at first and later`, (t) => {
    const seats = resource('seats', { capacity: 3 });
    for (const attempt of [() => resource('seats', { capacity }), () => seats.resize(capacity)]) {
      const error = t.throws(attempt, { instanceOf: ArgumentError });
      t.regex(error.message, /^Expected `capacity` to be an integer ≥ 1 or Infinity, got /);
    }
    t.is(seats.capacity, 3);
  });

for (const name of ['', undefined, 7] as unknown as string[])
  test(`a name of ${JSON.stringify(name)} is refused`, (t) => {
    const error = t.throws(() => resource(name, { capacity: 1 }), { instanceOf: ArgumentError });
    t.regex(error.message, /^Expected `name` to be a text, got (an empty text|`undefined`|`7` \(number\))$/);
  });

test('a resource may be without limit for a while', (t) =>
  simulateClean(function* () {
    const seats = resource('seats', { capacity: Infinity });
    const permit = yield* seats.acquire(2);
    t.deepEqual([seats.available, seats.used], [Infinity, 2]);
    seats.resize(3);
    t.deepEqual([seats.available, seats.used], [1, 2]);
    t.is(yield* moveOnAfter(1, seats.acquire(2)), undefined);
    seats.resize(Infinity);
    permit.release();
    t.deepEqual([seats.available, seats.used], [Infinity, 0]);
    t.throws(() => seats.acquire(Infinity), {
      instanceOf: ArgumentError,
      message: /`count` to be an integer ≥ 1, got/,
    });
  }));

/** Those to whom it was granted run in the same order. */
const FIRST_COME = { queue: 'fifo' } as const;

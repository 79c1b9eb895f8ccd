import test from 'ava';
import fc from 'fast-check';
import {
  ArgumentError,
  MisuseError,
  moveOnAfter,
  resource,
  scope,
  select,
  semaphore,
  sleep,
  spawn,
  type Operation,
  type Permit,
} from 'heddle';
import { sameEvents } from 'heddle/testing';
import type { PermitPool } from '#src/fibers/sync/permit-pool.js';
import { fuzzRuns } from '../../support/fuzz.js';
import { simulateClean, simulateManyClean } from '../../support/no-leak.js';
import { thrownBy } from '../../support/thrown-by.js';

test('at most as many as its capacity hold a permit', (t) =>
  simulateManyClean(function* ({ random }) {
    const pool = semaphore(3);
    let inside = 0;
    let most = 0;
    function* work(): Operation<void> {
      most = Math.max(most, ++inside);
      yield* sleep(random.below(5));
      inside--;
    }
    yield* scope(function* (inner) {
      for (let i = 0; i < 20; i++) inner.spawn(() => pool.withPermit(work()));
    });
    t.is(most, 3);
    t.is(pool.available, 3);
  }));

test('who wants many is not overtaken by those who want few', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const pool = semaphore(3);
    const first = yield* pool.acquire(2);
    function* take(name: string, count: number): Operation<void> {
      const permit = yield* pool.acquire(count);
      log(name);
      permit.release();
    }
    yield* spawn(take, 'many', 3);
    yield* sleep(1);
    yield* spawn(take, 'few', 1);
    yield* sleep(1);
    t.deepEqual(pool.stats(), { capacity: 3, available: 1, waiting: 2 });
    first.release();
    yield* sleep(1);
    t.is(sameEvents(events, ['many', 'few']), null);
  }));

test('when one who wanted many gives up, those behind it get theirs', (t) =>
  simulateManyClean(function* ({ log, events }) {
    const pool = semaphore(3);
    yield* pool.acquire(2);
    const many = yield* spawn(() => pool.acquire(3));
    yield* sleep(1);
    yield* spawn(function* () {
      yield* pool.acquire();
      log('few');
    });
    yield* sleep(1);
    t.deepEqual(events, []);
    many.cancel();
    yield* sleep(1);
    t.deepEqual(events, ['few']);
  }));

test('a permit works with using, and releasing twice is an error', (t) =>
  simulateManyClean(function* () {
    const pool = semaphore(1, { name: 'pool' });
    let permit: Permit;
    {
      using held = yield* pool.acquire();
      permit = held;
      t.is(pool.available, 0);
    }
    t.is(pool.available, 1);
    const error = t.throws(() => permit.release(), { instanceOf: MisuseError });
    t.regex(error.message, /semaphore `pool`/);
    t.is(pool.available, 1);
  }));

test('withPermit gives it back after an error and after a cancellation', (t) =>
  simulateManyClean(function* () {
    const pool = semaphore(1);
    try {
      yield* pool.withPermit(
        (function* () {
          throw new Error('boom');
        })(),
      );
    } catch {
      // Expected.
    }
    t.is(pool.available, 1);
    yield* moveOnAfter(5, pool.withPermit(sleep(10)));
    t.is(pool.available, 1);
  }));

test('holders are known, the newest first', (t) =>
  simulateManyClean(function* () {
    const pool = semaphore(3) as PermitPool;
    const fibers = [];
    for (let i = 0; i < 3; i++) {
      fibers.push(yield* spawn(() => pool.withPermit(sleep(10))));
      yield* sleep(1);
    }
    t.deepEqual(
      [...pool.holders()].map((permit) => permit.holder.id),
      fibers.map((fiber) => fiber.id).reverse(),
    );
    yield* sleep(20);
    t.deepEqual([...pool.holders()], []);
  }));

test('a semaphore never issues more than it has, and leaks nothing when waiters and holders are cancelled', (t) =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.integer({ min: 1, max: 2 ** 31 }),
        capacity: fc.integer({ min: 1, max: 5 }),
        fibers: fc.integer({ min: 1, max: 12 }),
        kills: fc.integer({ min: 0, max: 12 }),
        selecting: fc.boolean(),
      }),
      async ({ seed, capacity, fibers, kills, selecting }) => {
        await simulateClean(
          function* ({ random }) {
            const pool = semaphore(capacity);
            let held = 0;
            function* worker(): Operation<void> {
              for (let i = 0; i < 4; i++) {
                const count = 1 + random.below(capacity);
                const acquiring = pool.acquire(count);
                let permit: Permit;
                if (selecting) {
                  const chosen = yield* select({ acquiring, late: sleep(random.below(5)) });
                  if (chosen.branch === 'late') continue;
                  permit = chosen.value;
                } else permit = yield* acquiring;
                try {
                  held += count;
                  t.true(held <= capacity);
                  yield* sleep(random.below(4));
                } finally {
                  held -= count;
                  permit.release();
                }
              }
            }
            yield* scope(function* (inner) {
              const workers = Array.from({ length: fibers }, () => inner.spawn(worker));
              for (let i = 0; i < kills; i++) {
                yield* sleep(random.below(4));
                workers[random.below(fibers)]!.cancel();
              }
            });
            t.deepEqual(pool.stats(), { capacity, available: capacity, waiting: 0 });
            t.deepEqual([...(pool as PermitPool).holders()], []);
          },
          { seed },
        );
      },
    ),
    { numRuns: fuzzRuns(200) },
  ));

for (const capacity of [0, -1, 1.5, NaN])
  test(`a capacity of ${capacity} is refused`, (t) => {
    const error = t.throws(() => semaphore(capacity), { instanceOf: ArgumentError });
    t.is(error.message, `Expected \`capacity\` to be an integer ≥ 1 or Infinity, got \`${capacity}\` (number)`);
  });

for (const count of [0, -1, 1.5, 4, NaN, Infinity])
  test(`acquiring ${count} of 3 permits is refused`, (t) => {
    const error = t.throws(() => semaphore(3).acquire(count), { instanceOf: ArgumentError });
    t.is(error.message, `Expected \`count\` to be an integer from 1 to 3, got \`${count}\` (number)`);
  });

test('what is no operation gets no permit, and is told so', (t) =>
  simulateClean(function* () {
    const pool = resource('pool', { capacity: 1 });
    const work = sleep as unknown as Operation<void>;
    const error = yield* thrownBy(pool.withPermit(work));
    t.true(error instanceof MisuseError);
    t.is((error as Error).message, 'Expected an operation, got function `sleep`: it has to be called first');
    t.is(pool.stats().available, 1);
  }));

test('a resource without its capacity is refused', (t) => {
  const make = resource as (name: string, options?: object) => unknown;
  t.throws(() => make('seats'), { instanceOf: ArgumentError, message: /`options` to be an object, got `undefined`/ });
  t.throws(() => make('seats', {}), { instanceOf: ArgumentError, message: /`capacity`.* got `undefined`/ });
});

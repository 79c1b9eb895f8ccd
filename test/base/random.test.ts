import test from 'ava';
import fc from 'fast-check';
import { ArgumentError } from '#src/base/errors.js';
import { Random } from '#src/base/random.js';

const seeds = fc.integer({ min: -(2 ** 31), max: 2 ** 32 - 1 });

test('a seed gives the same numbers on every machine and in every version', (t) => {
  const random = new Random(2003);
  // From the same algorithm in C.
  const expected = [0.2554263052934338, 0.88893473591610916, 0.9648748678126331, 0.0046571729708636544];
  for (const number of expected) t.is(random.next(), number);
});

test('next is at least 0 and less than 1, and below is an integer in its range', (t) => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 2 ** 32 }), (seed, n) => {
      const random = new Random(seed);
      for (let i = 0; i < 20; i++) {
        const x = random.next();
        const k = random.below(n);
        if (!(x >= 0 && x < 1 && Number.isInteger(k) && k >= 0 && k < n)) return false;
      }
      return true;
    }),
  );
  t.pass();
});

test('neighbouring seeds share nothing', (t) => {
  const first = Array.from({ length: 1000 }, (_, seed) => new Random(seed).below(10));
  const counts = Array.from({ length: 10 }, () => 0);
  for (const k of first) counts[k]!++;
  for (const count of counts) t.true(count > 60 && count < 140, `${counts}`);
});

test('all orders of a shuffled array are equally likely', (t) => {
  const random = new Random(1);
  const counts = new Map<string, number>();
  for (let i = 0; i < 24_000; i++) {
    const order = random.shuffle(['a', 'b', 'c', 'd']).join('');
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  t.is(counts.size, 24);
  for (const count of counts.values()) t.true(Math.abs(count - 1000) < 150, `${count}`);
});

test('shuffle returns the array it was given, with the same elements', (t) => {
  fc.assert(
    fc.property(seeds, fc.array(fc.integer()), (seed, array) => {
      const before = [...array].sort((a, b) => a - b);
      const shuffled = new Random(seed).shuffle(array);
      t.is(shuffled, array);
      t.deepEqual(
        [...array].sort((a, b) => a - b),
        before,
      );
    }),
  );
});

test('a seed that is no 32-bit integer is refused', (t) => {
  for (const seed of [0.5, NaN, 2 ** 32, -(2 ** 31) - 1]) {
    t.throws(() => new Random(seed), { instanceOf: ArgumentError, message: /`seed`/ });
  }
});

import test from 'ava';
import { Random } from 'heddle/testing';
import { Spread } from '#src/base/spread.js';

test('without a sample there is no spread', (t) => {
  const spread = new Spread();
  t.deepEqual([spread.mean, spread.variance, spread.cautiousVariance], [0, 0, 0]);
});

test('mean and variance are those of what was added of late', (t) => {
  const random = new Random(1);
  const spread = new Spread();
  for (let i = 0; i < 2000; i++) spread.add(10 + 6 * random.next());
  t.true(Math.abs(spread.mean - 13) < 1, `${spread.mean}`);
  t.true(spread.variance > 1.5 && spread.variance < 6, `${spread.variance}`);
});

test('a single sample says little of how they spread, a thousand equal ones nearly all', (t) => {
  const spread = new Spread();
  spread.add(6);
  t.is(spread.variance, 0);
  t.is(spread.cautiousVariance, 32, '8/9 of the square of the mean');
  for (let i = 1; i < 1000; i++) spread.add(6);
  t.true(spread.cautiousVariance < 0.5);
});

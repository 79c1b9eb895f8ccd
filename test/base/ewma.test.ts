import test from 'ava';
import fc from 'fast-check';
import { Ewma } from '#src/base/ewma.js';

test('before the first sample there is no mean, and the first sample sets it', (t) => {
  const ewma = new Ewma();
  t.is(ewma.mean(), null);
  t.is(ewma.value, NaN);
  ewma.add(5);
  t.is(ewma.mean(), 5);
  t.is(ewma.samples, 1);
});

test('a mean that has come down to zero is not mistaken for no sample', (t) => {
  const ewma = new Ewma(1 / 2);
  ewma.add(1);
  ewma.add(-1);
  t.is(ewma.mean(), 0);
  ewma.add(8);
  t.is(ewma.mean(), 4);
});

test('a first sample of zero is a sample', (t) => {
  const ewma = new Ewma();
  ewma.add(0);
  t.is(ewma.mean(), 0);
  ewma.add(8);
  t.is(ewma.mean(), 1);
});

test('the mean stays between the smallest and the largest sample', (t) => {
  const sample = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  const weight = fc.double({ min: 0.001, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(sample, { minLength: 1 }), weight, (samples, weight) => {
      const ewma = new Ewma(weight);
      for (const sample of samples) ewma.add(sample);
      const slack = 1e-6;
      return ewma.value >= Math.min(...samples) - slack && ewma.value <= Math.max(...samples) + slack;
    }),
  );
  t.pass();
});

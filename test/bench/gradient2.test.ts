import test from 'ava';
import { Gradient2 } from '../../bench/overload/rivals/gradient2.js';

/** A limit after ten windows of 10 ms in which all of it was at work. */
function warm(): Gradient2 {
  const gradient = new Gradient2();
  for (let left = 10; left > 0; left--) gradient.update(10, gradient.limit);
  return gradient;
}

test('the limit grows while the service time is at most half as much again as it was for long', (t) => {
  const gradient = warm();
  const before = gradient.limit;
  gradient.update(14.9, before);
  t.true(Math.abs(gradient.limit - (before + 0.8)) < 1e-9, `${before} → ${gradient.limit}`);
});

test('beyond that it shrinks by what is too much, and by no more than half of it', (t) => {
  const gradient = warm();
  const before = gradient.limit;
  gradient.update(300, before);
  t.true(Math.abs(gradient.limit - Math.max(20, before * 0.9 + 0.8)) < 1e-9, `${before} → ${gradient.limit}`);
});

test('a limit of which less than half is made use of stays', (t) => {
  const gradient = warm();
  const before = gradient.limit;
  gradient.update(10, before / 2 - 1);
  t.is(gradient.limit, before);
});

import test from 'ava';
import { chanceOfDisjointRanges } from '../../bench/report/noise.js';

test('the chance that two samples of the same thing lie apart is that of two orders among all', (t) => {
  // All orders of three a and three b: C(6, 3) = 20, of which aaabbb and bbbaaa are apart.
  t.is(chanceOfDisjointRanges(3, 3), 0.1);
  t.is(chanceOfDisjointRanges(1, 1), 1);
  t.is(chanceOfDisjointRanges(2, 3), 0.2);
  t.is(chanceOfDisjointRanges(7, 7), 2 / 3432);
});

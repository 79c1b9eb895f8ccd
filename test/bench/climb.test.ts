import test from 'ava';
import { climb } from '../../bench/overload/climb.js';

test('the climb ends where more load brings no tenth more, and keeps the most that it has seen', async (t) => {
  const offered: number[] = [];
  const peak = await climb(1000, async (load) => {
    offered.push(Math.round(load));
    return Math.min(load, 1400);
  });
  t.deepEqual(offered, [1300, 1690]);
  t.is(peak, 1400);
});

test('less than the closed loop found is no peak', async (t) => {
  t.is(await climb(1000, async () => 900), 1000);
});

import test from 'ava';
import { bestPoint } from '../../bench/overload/best-point.js';
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

test('of several points the best is one that a second look confirms', async (t) => {
  const again = new Map([
    [4, 60],
    [8, 90],
    [16, 4],
  ]);
  const looked: number[] = [];
  const best = await bestPoint(
    [
      { clients: 4, rate: 62 },
      { clients: 8, rate: 95 },
      { clients: 16, rate: 100 },
    ],
    async (clients) => {
      looked.push(clients);
      return again.get(clients)!;
    },
  );
  t.deepEqual(best, { clients: 8, rate: 90 });
  t.deepEqual(looked, [16, 8]);
});

test('where no server answers there is no best point', async (t) => {
  t.deepEqual(await bestPoint([{ clients: 4, rate: 1 }], async () => 0), { clients: 0, rate: 0 });
  t.deepEqual(await bestPoint([], async () => 1), { clients: 0, rate: 0 });
});

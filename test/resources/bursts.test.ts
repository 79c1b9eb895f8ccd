import test from 'ava';
import { resource, sleep } from 'heddle';
import { fuzzSeeds } from '../support/fuzz.js';
import { SimulatedServer, type RequestKind } from './simulated-server.js';

const page = (): RequestKind => ({
  name: 'page',
  connected: true,
  *handler(server) {
    server.work(1);
  },
});

const query = (): RequestKind => {
  const database = resource('database', { capacity: 10 });
  return {
    name: 'page',
    connected: true,
    *handler() {
      yield* database.withPermit(sleep(10));
    },
  };
};

// The queue of each burst is empty again within half of the goal, but whoever looks ten times a second may see only full ones.
for (const [what, kind] of [
  ['the processor', page],
  ['a resource', query],
] as const)
  for (const [goal, everyMs, count] of [
    [50, 50, 16],
    [50, 100, 16],
    [100, 100, 36],
    [100, 200, 40],
    [200, 200, 72],
    [500, 300, 120],
  ] as const)
    test(`bursts of ${count} every ${everyMs} ms that ${what} can do in half of the goal, ${goal} ms, are no overload`, (t) => {
      for (const seed of fuzzSeeds(2)) {
        const rate = (at: number): number => (at % everyMs < 1 ? 1000 * count : 0);
        const server = new SimulatedServer({ kinds: [kind()], rate, goal, seconds: 5, seed }).run();
        const { offered, refused, late } = server.outcome('page');
        t.true(offered > 4000 / everyMs && refused + late <= 0.01 * offered, `[seed ${seed}] ${refused} of ${offered}`);
      }
    });

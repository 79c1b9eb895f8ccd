import ava from 'ava';
import { fuzzSeeds } from '../support/fuzz.js';
import { SimulatedServer, type RequestKind, type Simulation } from './simulated-server.js';
import { health } from './workloads.js';

// One after the other: together they would say nothing until all were over, and AVA ends who is silent for long.
const test = ava.serial;

const page: RequestKind = {
  name: 'page',
  *handler({ machine }) {
    machine.work(1);
  },
};
/** Pages a second, with what it takes to read a request and to write an answer. */
const CAPACITY = 1000 / 1.08;

function offer(load: number, seed: number, more: Partial<Simulation> = {}): SimulatedServer {
  const rate = load * CAPACITY;
  return new SimulatedServer({ kinds: [page], rate, seconds: 9, seed, keepAlive: true, ...more }).run();
}

for (const load of [2, 4, 8])
  test(`at ${load} times the load on connections that are kept next to nothing is spent on refusals and on those that wait in the kernel`, (t) => {
    for (const seed of fuzzSeeds(3)) {
      const server = offer(load, seed);
      t.true(server.goodput(0, 3) >= 0.95 * CAPACITY, `[seed ${seed}] ${server.goodput(0, 3)} at first`);
      t.true(server.goodput(3, 9) >= 0.97 * CAPACITY, `[seed ${seed}] ${server.goodput(3, 9)}`);
      t.true(server.percentile(99, 3) <= 300, `[seed ${seed}] ${server.percentile(99, 3)} ms`);
    }
  });

test('those that wait in the kernel have their turn: of those that are connected some are asked to connect again', (t) => {
  const server = offer(4, 1);
  const { open } = server;
  t.true(open >= 90 && open <= 150, `${open} connections, of which 93 are answered within 0.2 of the goal`);
  t.true(server.accepted > 5 * open, `${server.accepted} were accepted`);
});

test('a health check on its connection is answered, and keeps it', (t) => {
  const server = offer(8, 1, { kinds: [page, { ...health, connected: true }] });
  const { good, offered } = server.outcome('health');
  t.is(good.length, offered);
  t.true(server.percentile(100, 0, 'health') <= 100, `${server.percentile(100, 0, 'health')} ms`);
});

test('where clients close their connections after the answer everything is as without', (t) => {
  const server = new SimulatedServer({ kinds: [page], rate: 4 * CAPACITY, seconds: 9, seed: 1 }).run();
  t.false([...server.governor.entries].some(({ isSaturated }) => isSaturated));
  t.false(server.governor.pollsRarely);
});

import ava from 'ava';
import { fuzzSeeds } from '../support/fuzz.js';
import { SimulatedServer, type RequestKind, type Simulation } from './simulated-server.js';
import { offer as offerWorkload, SECONDS, SETTLED } from './offer.js';
import { health, workloads } from './workloads.js';

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

/** Of all that was offered, what was answered: with what was asked for, or that there is too much. */
function told(server: SimulatedServer): number {
  const { good, refused, offered } = server.outcome('page');
  return (good.length + refused) / offered;
}

for (const [load, least] of [
  [1.5, 0.96],
  [2, 0.94],
  [4, 0.85],
] as const)
  test(`at ${load} times the load on connections that are kept who is too much is told at once`, (t) => {
    for (const seed of fuzzSeeds(3)) {
      const server = offer(load, seed);
      t.true(server.goodput(0, 9) >= least * CAPACITY, `[seed ${seed}] ${server.goodput(0, 9)}`);
      t.true(told(server) >= 0.95, `[seed ${seed}] ${told(server)}`);
      t.true(server.percentile(99, 3) <= 100, `[seed ${seed}] ${server.percentile(99, 3)} ms`);
      t.true(server.accepted <= 600, `[seed ${seed}] ${server.accepted} connections`);
    }
  });

test('at eight times the load, where that would take too much, next to nothing is spent on refusals and on those that wait in the kernel', (t) => {
  for (const seed of fuzzSeeds(3)) {
    const server = offer(8, seed);
    t.true(server.goodput(0, 3) >= 0.9 * CAPACITY, `[seed ${seed}] ${server.goodput(0, 3)} at first`);
    t.true(server.goodput(3, 9) >= 0.97 * CAPACITY, `[seed ${seed}] ${server.goodput(3, 9)}`);
    t.true(server.percentile(99, 3) <= 300, `[seed ${seed}] ${server.percentile(99, 3)} ms`);
  }
});

test('after a crowd of eight times the load has become one of twice who is too much is told again, within half a minute', (t) => {
  const rate = (at: number): number => (at < 4000 ? 8 : 2) * CAPACITY;
  const server = offer(2, 1, { rate, seconds: 40 });
  const before = server.outcome('page').refused;
  server.runUntil(45_000);
  const refused = server.outcome('page').refused - before;
  t.true(refused >= 0.9 * 5 * CAPACITY, `${refused} were told`);
});

test('where few take long and most do not, those that take long are refused, and not answered too late', (t) => {
  for (const seed of fuzzSeeds(3)) {
    const server = offerWorkload(workloads.hogs, 2, { seed, keepAlive: true });
    const { good, late } = server.outcome('hog');
    t.true(late <= good.length / 20, `[seed ${seed}] ${late} late, ${good.length} in time`);
    t.true(server.goodput(SETTLED, SECONDS) >= 0.9 * workloads.hogs.best, `[seed ${seed}]`);
  }
});

test('those that wait in the kernel have their turn: of those that are connected some are asked to connect again', (t) => {
  const server = offer(8, 1);
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

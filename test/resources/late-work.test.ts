import ava from 'ava';
import { sleep } from 'heddle';
import { offer, SEEDS, SECONDS, SETTLED } from './offer.js';
import { SimulatedServer, type RequestKind } from './simulated-server.js';
import { health, peakOf, workloads, type Workload } from './workloads.js';

// One after the other: together they would say nothing until all were over, and AVA ends who is silent for long.
const test = ava.serial;

const light: RequestKind = {
  name: 'light',
  *handler(server) {
    server.work(0.2);
  },
};

/** How many were refused so far because their kind is late. */
function refusedAsLate({ governor }: SimulatedServer): number {
  let sum = 0;
  for (const { refusals } of governor.entries) sum += refusals.get('too late') ?? 0;
  return sum;
}

for (const name of ['mixed', 'hogs'] as const)
  for (const goal of [20, 50])
    for (const load of [2, 8])
      test(`at ${load} times the load of ${name} with a goal of ${goal} ms, which only light requests can meet, they are served as if they were alone`, (t) => {
        const workload: Workload = workloads[name];
        const share = workload.kinds()[0]!.weight!;
        const rate = peakOf(workload) * load;
        for (const seed of SEEDS) {
          const server = offer(workload, load, { seed, goal });
          const alone = offer(workload, load, { seed, goal, kinds: [light], rate: share * rate });
          const kept = server.goodput(SETTLED, SECONDS, 'light') / alone.goodput(SETTLED, SECONDS, 'light');
          t.true(kept >= 0.82, `[seed ${seed}] ${kept}`);
        }
      });

test('work that was late beside others is served as they are a second after it has become quicker', (t) => {
  const report: RequestKind = {
    name: 'report',
    weight: 0.2,
    *handler(server) {
      server.work(0.5);
      if (server.now() < 4000) yield* sleep(80);
    },
  };
  for (const seed of SEEDS) {
    const kinds = [{ ...light, weight: 0.8 }, report];
    const server = new SimulatedServer({ kinds, rate: 6000, seconds: 8, seed, goal: 50 }).run();
    t.true(refusedAsLate(server) > 100, `[seed ${seed}] they gave way`);
    const offered = server.outcome('report').offered / 8;
    const served = server.goodput(5, 8, 'report') / offered;
    const others = server.goodput(5, 8, 'light') / (4 * offered);
    t.true(served >= 0.6 * others, `[seed ${seed}] ${served} of the reports, ${others} of the others`);
  }
});

test('a server that next to nothing reaches in time, but the check of its health, serves the rest as before', (t) => {
  const page: RequestKind = {
    name: 'page',
    // Longer than the goal: clients of this server wait for longer.
    deadlineMs: 300,
    *handler(server) {
      yield* sleep(40);
      server.work(1);
    },
  };
  for (const seed of SEEDS) {
    const serve = (...kinds: RequestKind[]): SimulatedServer =>
      new SimulatedServer({ kinds, rate: 2000, seconds: 5.5, seed, goal: 30 }).run();
    const server = serve(page, health);
    t.is(refusedAsLate(server), 0);
    const kept = server.goodput(SETTLED, 5, 'page') / serve(page).goodput(SETTLED, 5, 'page');
    t.true(kept >= 0.9, `[seed ${seed}] ${kept}`);
  }
});

test('while there is no overload, work that is late is served, too', (t) => {
  for (const seed of SEEDS) {
    const server = offer(workloads.mixed, 0.3, { seed, goal: 50 });
    const heavy = [...server.governor.entries][0]!.kinds.get('heavy')!;
    t.true(heavy.isLate);
    t.is(refusedAsLate(server), 0);
    t.true(heavy.admitted >= 0.8 * heavy.offered, `[seed ${seed}] ${heavy.admitted} of ${heavy.offered}`);
  }
});

test('streams that last for many goals are not late', (t) => {
  const stream: RequestKind = {
    name: 'stream',
    weight: 0.01,
    deadlineMs: 1e6,
    *handler() {
      yield* sleep(1500);
    },
  };
  const kinds = [light, stream];
  const server = new SimulatedServer({ kinds, rate: 6000, seconds: 5, goal: 100 }).run();
  t.true([...server.governor.entries][0]!.kinds.get('stream')!.finished > 20);
  t.is(refusedAsLate(server), 0);
});

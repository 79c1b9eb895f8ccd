import ava from 'ava';
import { sleep } from 'heddle';
import { fuzzSeeds } from '../support/fuzz.js';
import { SimulatedServer, type RequestKind } from './simulated-server.js';

// One after the other: together they would say nothing until all were over, and AVA ends who is silent for long.
const test = ava.serial;

/** A database behind a socket that does ten queries at once, each in 100 ms; it also does those whose clients have given up. */
const query: RequestKind = {
  name: 'query',
  *handler({ machine }) {
    yield* machine.remote(10, 100);
  },
};

/** What is asked of the server, and how many requests a second need one query a hundredth of a second. */
const mixes: Record<string, { readonly kinds: RequestKind[]; readonly rate: number; readonly best: number }> = {
  'nothing but queries': { kinds: [query], rate: 100, best: 100 },
  'pages beside queries': {
    kinds: [
      {
        name: 'page',
        weight: 0.8,
        worth: 0,
        *handler(server) {
          server.work(0.2);
        },
      },
      { ...query, weight: 0.2 },
    ],
    rate: 500,
    best: 100,
  },
  'queries of which half are answered from a cache': {
    kinds: [
      {
        name: 'query',
        *handler(server) {
          if (server.random.next() < 0.5) server.work(0.2);
          else yield* server.machine.remote(10, 100);
        },
      },
    ],
    rate: 200,
    best: 200,
  },
};

for (const [what, { kinds, rate, best }] of Object.entries(mixes))
  for (const load of [2, 8]) {
    test(`three seconds after the start at ${load} times what a slow service can do it does all of that, with ${what}`, (t) => {
      for (const seed of fuzzSeeds(3)) {
        const server = new SimulatedServer({ kinds, rate: load * rate, seconds: 9, seed }).run();
        const kept = server.goodput(3, 9) / best;
        t.true(kept >= 0.7, `[seed ${seed}] ${kept}`);
        t.true(server.goodput(6, 9) / best >= 0.85, `[seed ${seed}] ${server.goodput(6, 9) / best} later`);
      }
    });

    test(`from one second to the next ${load} times what a slow service can do comes, and it does 0.9 of it, with ${what}`, (t) => {
      let kept = 0;
      for (const seed of fuzzSeeds(4)) {
        const rateAt = (at: number): number => (at < 3000 ? 0.5 : load) * rate;
        const server = new SimulatedServer({ kinds, rate: rateAt, seconds: 9, seed }).run();
        kept += server.goodput(3, 9) / best / 4;
        t.true(server.goodput(6, 9) / best >= 0.85, `[seed ${seed}] ${server.goodput(6, 9) / best}`);
      }
      t.true(kept >= 0.8, `${kept}`);
    });
  }

for (const waitMs of [20, 100, 250])
  test(`a service that has no limit gets twenty times as much at once, with nothing refused, where it takes ${waitMs} ms`, (t) => {
    const kind: RequestKind = {
      name: 'query',
      *handler(server) {
        server.work(0.1);
        yield* sleep(waitMs);
      },
    };
    for (const seed of fuzzSeeds(3)) {
      const rate = (at: number): number => (at < 3000 ? 50 : 1000);
      const { offered, good } = new SimulatedServer({ kinds: [kind], rate, goal: 1000, seconds: 6, seed })
        .run()
        .settle()
        .outcome('query');
      t.is(good.length, offered, `[seed ${seed}]`);
    }
  });

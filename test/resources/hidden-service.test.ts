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

/** What is asked of the server, how many requests a second the database can do, and how many answers count then. */
interface Mix {
  readonly kinds: RequestKind[];
  readonly rate: number;
  readonly best: number;
  /** Of that, what is done in the six seconds after a leap. */
  readonly leap: number;
}

const mixes: Record<string, Mix> = {
  'nothing but queries': { kinds: [query], rate: 100, best: 100, leap: 0.8 },
  'queries that take 100 ms on average': {
    kinds: [
      {
        name: 'query',
        *handler({ machine, random }) {
          yield* machine.remote(10, -100 * Math.log(1 - random.next()));
        },
      },
    ],
    rate: 100,
    best: 100,
    leap: 0.7,
  },
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
    leap: 0.8,
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
    leap: 0.8,
  },
};

/** Good answers of what the service can do, from the third to the ninth second and from the sixth: means of some runs. */
function keptOf({ kinds, rate, best }: Mix, load: (at: number) => number): [number, number] {
  let [kept, later, runs] = [0, 0, 0];
  for (const seed of fuzzSeeds(6)) {
    const server = new SimulatedServer({ kinds, rate: (at) => load(at) * rate, seconds: 9, seed }).run();
    kept += server.goodput(3, 9) / best;
    later += server.goodput(6, 9) / best;
    runs++;
  }
  return [kept / runs, later / runs];
}

for (const [what, mix] of Object.entries(mixes))
  for (const load of [2, 8]) {
    test(`a server that starts at ${load} times what a slow service can do does 0.7 of it from the third second on, 0.85 from the sixth, with ${what}`, (t) => {
      const [kept, later] = keptOf(mix, () => load);
      t.true(kept >= 0.7 && later >= 0.85, `${kept}, ${later}`);
    });

    test(`from one second to the next ${load} times what a slow service can do comes, and it does ${mix.leap} of it, 0.85 three seconds later, with ${what}`, (t) => {
      const [kept, later] = keptOf(mix, (at) => (at < 3000 ? 0.5 : load));
      t.true(kept >= mix.leap && later >= 0.85, `${kept}, ${later}`);
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

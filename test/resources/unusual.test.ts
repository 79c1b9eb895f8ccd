import ava from 'ava';
import {
  all,
  call,
  channel,
  event,
  gate,
  moveOnAfter,
  mutex,
  semaphore,
  sleep,
  spawn,
  yieldNow,
  type Channel,
  type GateOptions,
  type Mutex,
  type Operation,
} from 'heddle';
import { fuzzSeeds } from '../support/fuzz.js';
import { offer, SECONDS, SEEDS, SETTLED } from './offer.js';
import { SimulatedServer, type Job, type RequestKind, type SimulatedServer as Server } from './simulated-server.js';
import { peakOf, workloads, type Workload } from './workloads.js';

// One after the other: together they would say nothing until all were over, and AVA ends who is silent for long.
const test = ava.serial;

/** Builds twenty parts of an answer in fibers of their own, and holds all of them until it is sent. */
function* buildInParts(server: Server, job: Job): Operation<void> {
  server.work(0.3);
  yield* all(Array.from({ length: 20 }, () => part(server, job)));
  server.work(0.2);
}

function* part(server: Server, job: Job): Operation<void> {
  server.work(0.05);
  yield* sleep(10);
  server.allocate(job, 4e5);
  server.work(0.4);
  yield* sleep(40);
}

const parts: Workload = { kinds: () => [{ name: 'parts', handler: buildInParts }], best: 81 };

for (const load of [2, 8])
  test(`at ${load} times the load memory that children take for their parent never runs out, and 0.9 of the best is kept`, (t) => {
    for (const seed of SEEDS) {
      const server = offer(parts, load, { seed });
      t.false(server.machine.heap.exhausted, `[seed ${seed}] memory ran out`);
      const kept = server.goodput(SETTLED, SECONDS) / parts.best;
      t.true(kept >= 0.9, `[seed ${seed}] ${kept}`);
    }
  });

test('what is done for one who holds a lock is not held back for want of memory: all who have some wait for the lock', (t) => {
  const under = (lock: Mutex): RequestKind => ({
    name: 'under',
    deadlineMs: 60_000,
    *handler(server, job) {
      server.allocate(job, 8e6);
      server.work(1);
      yield* sleep(50);
      yield* lock.withLock(all([all([build(server, job)])]));
    },
  });
  function* build(server: Server, job: Job): Operation<void> {
    yield* sleep(1);
    server.allocate(job, 8e6);
    server.work(1);
    yield* sleep(5);
  }
  for (const seed of SEEDS) {
    const server = new SimulatedServer({ kinds: [under(mutex())], rate: 300, seconds: 10, seed }).run();
    t.false(server.machine.heap.exhausted, `[seed ${seed}] memory ran out`);
    const kept = server.goodput(5, 10);
    t.true(kept >= 60, `[seed ${seed}] ${kept}`);
  }
});

test('handlers that start twenty fibers each are let in by what those are going to use', (t) => {
  const fan: RequestKind = {
    name: 'fan',
    *handler(server) {
      server.work(0.3);
      yield* all(
        Array.from({ length: 20 }, function* part() {
          server.work(0.1);
          yield* sleep(20);
          server.work(0.1);
        }),
      );
      server.work(0.2);
    },
  };
  const workload: Workload = { kinds: () => [fan], best: 215 };
  for (const load of [2, 8])
    for (const seed of SEEDS) {
      const server = offer(workload, load, { seed });
      const kept = server.goodput(SETTLED, SECONDS) / workload.best;
      t.true(kept >= 0.95, `[seed ${seed}] ${kept} at ${load}`);
      const slowest = server.percentile(99, SETTLED);
      t.true(slowest <= 150, `[seed ${seed}] ${slowest} ms at ${load}`);
    }
});

test('a server that computes for 100 ms now and then keeps 0.95 of what comes at half load', (t) => {
  const uneven: RequestKind = {
    name: 'page',
    *handler(server) {
      server.work(server.random.next() < 0.01 ? 100 : 1);
    },
  };
  for (const seed of SEEDS) {
    const server = new SimulatedServer({ kinds: [uneven], rate: 235, seconds: 20, seed }).run();
    const { offered, good } = server.outcome('page');
    t.true(good.length >= 0.95 * offered, `[seed ${seed}] ${good.length} of ${offered}`);
  }
});

test('a second after a service behind a socket was ten times as slow nothing of it is felt', (t) => {
  const pool: RequestKind = {
    name: 'pool',
    *handler(server) {
      const slow = server.now() >= 4000 && server.now() < 9000;
      yield* server.machine.remote(20, slow ? 100 : 10);
    },
  };
  for (const seed of SEEDS)
    for (const [rate, possible] of [
      [1000, 1000],
      [4000, 2000],
    ] as const) {
      const server = new SimulatedServer({ kinds: [pool], rate, seconds: 11, seed }).run();
      const first = server.goodput(9, 10) / possible;
      const after = server.goodput(10, 11) / possible;
      t.true(first >= 0.8, `[seed ${seed}] ${first} in the first second, at ${rate}`);
      t.true(after >= 0.94, `[seed ${seed}] ${after} afterwards, at ${rate}`);
    }
});

for (const [load, share] of [
  [2, 0.95],
  [8, 0.95],
] as const)
  test(`with a goal of 50 ms ${share} of the processor is used for answers at ${load} times the load`, (t) => {
    for (const seed of SEEDS) {
      const kept = offer(workloads.cpu, load, { seed, goal: 50 }).goodput(SETTLED, SECONDS) / workloads.cpu.best;
      t.true(kept >= share, `[seed ${seed}] ${kept}`);
    }
  });

for (const name of ['cpu', 'pool', 'memory', 'invisible pool'] as const)
  test(`${name}: a second after the process stood still for a minute nothing of it is felt`, (t) => {
    const workload: Workload = workloads[name];
    for (const load of [0.5, 4])
      for (const seed of SEEDS) {
        const rate = peakOf(workload) * load;
        const server = new SimulatedServer({ ...workload, kinds: workload.kinds(), rate, seconds: 67, seed });
        server.machine.at(3000, () => server.machine.work(60_000));
        server.run();
        const after = server.goodput(64.5, 67) / Math.min(1, load) / workload.best;
        t.true(after >= 0.85, `[seed ${seed}] ${after} at ${load}`);
        t.false(server.machine.heap.exhausted);
      }
  });

const page: RequestKind = {
  name: 'page',
  *handler(server) {
    server.work(1);
  },
};

// Each asks again when it has an answer, so that 889 answers a second are what all of them get at most.
for (const kept of [50, 250])
  test(`${kept} clients who keep their connections are all answered in the order in which they ask`, (t) => {
    for (const seed of SEEDS) {
      const server = new SimulatedServer({
        kinds: [{ ...page, connected: true }],
        rate: 0,
        kept,
        seconds: 8,
        seed,
      }).run();
      const { refused, late, good } = server.outcome('page');
      t.is(refused + late, 0, `[seed ${seed}]`);
      t.true(good.length >= 0.9 * 889 * 8, `[seed ${seed}] ${good.length}`);
      const [median, slowest] = [server.percentile(50, SETTLED), server.percentile(100, SETTLED)];
      t.true(slowest <= 1.5 * median, `[seed ${seed}] ${median} and ${slowest} ms`);
    }
  });

test('beside a port with a goal of 5 s one with a goal of 100 ms keeps its share at any load', (t) => {
  const slow: RequestKind = { ...page, name: 'slow', goal: 5000 };
  const kinds: RequestKind[] = [{ ...page, goal: 100 }, slow];
  for (const load of [2, 8])
    for (const seed of SEEDS) {
      const server = new SimulatedServer({ kinds, rate: 889 * load, seconds: 8, seed }).run();
      for (const { name } of kinds) {
        const kept = server.goodput(SETTLED, 8, name) / (889 / 2);
        t.true(kept >= 0.9, `[seed ${seed}] ${name}: ${kept} at ${load}`);
      }
    }
});

test('requests that wait for half a minute by intention take nothing from those with a goal, as a kind of their own', (t) => {
  const poll: RequestKind = {
    name: 'poll',
    weight: 0.05,
    deadlineMs: 31_000,
    *handler(server) {
      server.work(0.05);
      yield* sleep(30_000);
    },
  };
  for (const load of [0.5, 2]) {
    const kinds = [{ ...page, weight: 0.95 }, poll];
    const server = new SimulatedServer({ kinds, rate: 889 * load, seconds: 40 }).run();
    const kept = server.goodput(10, 40, 'page') / (889 * Math.min(0.95 * load, 1));
    t.true(kept >= 0.97, `${kept} at ${load}`);
    t.is(server.outcome('poll').late, 0);
  }
});

/** Computes for 1 ms, but for a share that waits for half a minute by intention. */
const withPolls = (share: number): RequestKind => ({
  name: 'GET',
  deadlineMs: 31_000,
  *handler(server) {
    const waits = server.random.next() < share;
    server.work(waits ? 0.1 : 1);
    if (!waits) return;
    yield* sleep(30_000);
    server.work(0.2);
  },
});

test('of requests of one kind, some of which wait for half a minute by intention, none is refused at half load', (t) => {
  for (const [load, share] of [
    [0.05, 0.01],
    [0.5, 0.01],
    [0.5, 0.05],
    [0.5, 0.5],
  ] as const) {
    const server = new SimulatedServer({ kinds: [withPolls(share)], rate: 889 * load, seconds: 50 }).run();
    const { refused, dropped, late } = server.outcome('GET');
    t.is(refused + dropped + late, 0, `${load} times the load, ${share} of which wait`);
  }
});

// Half a minute is far beyond what the flows remember: what is due then was set against how many begin now.
test('where some of the requests of one kind wait for half a minute by intention all of the processor is used in overload', (t) => {
  for (const [load, share] of [
    [2, 0.01],
    [2, 0.05],
    [8, 0.05],
  ] as const) {
    const server = new SimulatedServer({ kinds: [withPolls(share)], rate: 889 * load, seconds: 80 }).run();
    const { good } = server.outcome('GET');
    // Polls that have begun at the end are not over.
    const possible = 80 * 889 - 30 * 889 * share;
    t.true(
      good.length >= 0.97 * possible,
      `${good.length} of ${possible} at ${load} times the load, ${share} of which wait`,
    );
  }
});

for (const outsideMs of [5, 20])
  test(`${outsideMs} ms of the processor that each request takes outside of its fiber, after a wait, are not let in as if fibers had them`, (t) => {
    const kind: RequestKind = {
      name: 'late',
      *handler(server) {
        yield* sleep(150);
        server.work(10);
        // As the collections that V8 makes in a task of its own.
        server.machine.at(server.now(), () => server.work(outsideMs));
        yield* call(() => sleep(50));
        server.work(1);
      },
    };
    const best = 1000 / (10 + outsideMs + 1);
    for (const load of [2, 8])
      for (const seed of SEEDS) {
        const server = new SimulatedServer({ kinds: [kind], rate: best * load, seconds: SECONDS, seed }).run();
        const kept = server.goodput(SETTLED, SECONDS) / best;
        const median = server.percentile(50, SETTLED);
        t.true(kept >= 0.95 && median <= 350, `[seed ${seed}] ${kept}, ${median} ms, at ${load}`);
      }
  });

test('before anything is known of a service behind a socket, next to nothing is lost to what it cannot do in time', (t) => {
  const { kinds, best } = workloads['invisible pool'];
  for (const load of [2, 8])
    for (const seed of SEEDS) {
      const server = new SimulatedServer({ kinds: kinds(), rate: best * load, seconds: 4, seed }).run();
      const kept = [0, 1, 2, 3].map((second) => server.goodput(second, second + 1) / best);
      t.true(kept[0]! >= 0.75 && Math.min(...kept.slice(1)) >= 0.95, `[seed ${seed}] ${kept} at ${load}`);
    }
});

test('what takes nearly all of the goal at first, since too much has begun, is not taken to do so by nature', (t) => {
  for (const seed of fuzzSeeds(10)) {
    const kept = offer(workloads.threads, 8, { seed, goal: 50 }).goodput(SETTLED, SECONDS) / workloads.threads.best;
    t.true(kept >= 0.95, `[seed ${seed}] ${kept}`);
  }
});

for (const goal of [200, 500, 2000])
  test(`work of a fifth to a quarter of the goal, ${goal} ms, has to wait before anything is known, but none is refused`, (t) => {
    for (const share of [0.2, 0.225, 0.25])
      for (const seed of fuzzSeeds(3)) {
        const kind: RequestKind = {
          name: 'wait',
          *handler(server) {
            server.work(1);
            yield* sleep(share * goal);
          },
        };
        const server = new SimulatedServer({ kinds: [kind], rate: 445, goal, seconds: 5, seed }).run();
        const { refused, dropped, late } = server.outcome('wait');
        t.is(refused + dropped + late, 0, `[seed ${seed}] ${share}`);
      }
  });

for (const [text, turns, everyMs] of [
  ['streams without end', Infinity, 20_000],
  ['streams of half a minute', 30, 500],
] as const)
  test(`${text} that say something each second take nothing from pages`, (t) => {
    const stream: RequestKind = {
      name: 'stream',
      everyMs,
      deadlineMs: Infinity,
      connected: true,
      *handler(server) {
        for (let turn = 0; turn < turns; turn++) {
          server.work(0.1);
          server.machine.heap.allocate(500);
          server.machine.heap.drop(500);
          yield* sleep(1000);
        }
      },
    };
    const pages = Array.from({ length: 5 }, (_, n): RequestKind => ({
      name: `page ${n}`,
      *handler(server, job) {
        server.allocate(job, 20_000);
        server.work(1);
        yield* sleep(1);
      },
    }));
    const server = new SimulatedServer({ kinds: [...pages, stream], rate: 100, seconds: 40 }).run();
    for (const { name } of [...pages, stream]) t.is(server.outcome(name).refused, 0, name);
  });

for (const everyMs of [10, Infinity])
  test(`streams that all connect to a server that has just started wait until they are let in${everyMs < Infinity ? ', and no page beside them is refused' : ''}`, (t) => {
    for (const seed of SEEDS) {
      let streams = 0;
      const stream: RequestKind = {
        name: 'stream',
        deadlineMs: Infinity,
        connected: true,
        *handler(server) {
          for (streams++; ; yield* sleep(1000)) server.work(0.1);
        },
      };
      const kinds = everyMs < Infinity ? [stream, { ...page, everyMs }] : [stream];
      const rate = (at: number): number => (at < 300 ? 1000 : 1);
      const server = new SimulatedServer({ kinds, rate, seconds: 6, seed }).run();
      t.is(streams, server.outcome('stream').offered, `[seed ${seed}]`);
      for (const { name } of kinds) t.is(server.outcome(name).refused, 0, `[seed ${seed}] ${name}`);
    }
  });

// No end of a stream is ever seen. It was taken for ten thousand turns, and the memory of each turn was held to the end.
test('streams that send on what pages do take nothing from pages, as soon as much happens', (t) => {
  for (const seed of SEEDS) {
    const guests = new Set<Channel<number>>();
    const stream: RequestKind = {
      name: 'stream',
      everyMs: 100,
      deadlineMs: Infinity,
      connected: true,
      *handler(server) {
        const news = channel<number>(16);
        guests.add(news);
        for (;;) {
          yield* moveOnAfter(15_000, news.receive());
          server.work(0.02);
          server.machine.heap.allocate(2000);
          server.machine.heap.drop(2000);
          yield* sleep(0.05);
        }
      },
    };
    const chatty: RequestKind = {
      name: 'page',
      *handler(server, job) {
        server.work(0.2);
        for (const news of guests) news.trySend(1);
        server.allocate(job, 3000);
        yield* sleep(1);
      },
    };
    const rate = (at: number): number => (at < 2500 ? 1 : 500);
    const server = new SimulatedServer({ kinds: [chatty, stream], rate, seconds: 8, seed, heapLimit: 4e9 }).run();
    for (const { name } of [chatty, stream]) t.is(server.outcome(name).refused, 0, `[seed ${seed}] ${name}`);
    t.true(server.percentile(99, 0) <= 20, `[seed ${seed}] ${server.percentile(99, 0)}`);
  }
});

test('what takes longer than the goal by nature may wait for its turn as long as anything else', (t) => {
  const pool = (): RequestKind => {
    const places = semaphore(20, { name: 'places' });
    return {
      name: 'poll',
      deadlineMs: Infinity,
      *handler(server) {
        server.work(0.1);
        yield* places.withPermit(sleep(1000));
      },
    };
  };
  let offered = 0;
  let refused = 0;
  for (const seed of SEEDS) {
    const outcome = new SimulatedServer({ kinds: [pool()], rate: 15, seconds: 20, seed, goal: 500 })
      .run()
      .outcome('poll');
    offered += outcome.offered;
    refused += outcome.refused;
  }
  t.true(refused <= 0.03 * offered, `${refused} of ${offered}`);
});

test('a goal below what requests take by nature serves those that come while others are under way', (t) => {
  const slow: RequestKind = {
    name: 'slow',
    deadlineMs: 1000,
    *handler(server) {
      server.work(0.2);
      yield* sleep(20);
    },
  };
  for (const seed of SEEDS) {
    const server = new SimulatedServer({ kinds: [slow], rate: 300, seconds: 8, goal: 5, seed }).run();
    const { offered, good } = server.outcome('slow');
    t.true(good.length >= 0.9 * offered, `[seed ${seed}] ${good.length} of ${offered}`);
  }
});

/** As `hogs`, but in code that never gives way: nothing else happens for 50 ms. */
const stubborn: Workload = {
  kinds: () => [
    {
      ...page,
      name: 'light',
      weight: 0.95,
      worth: 0.2,
      *handler(server) {
        server.work(0.2);
      },
    },
    {
      name: 'hog',
      weight: 0.05,
      worth: 50,
      *handler(server) {
        server.work(50);
      },
    },
  ],
  best: 940,
};

for (const load of [2, 8])
  test(`at ${load} times the load hogs that never give way keep 0.9 of what those do that give way`, (t) => {
    for (const seed of SEEDS) {
      const server = offer(stubborn, load, { seed });
      const kept = server.goodput(SETTLED, SECONDS) / stubborn.best;
      t.true(kept >= 0.9, `[seed ${seed}] ${kept}`);
      const slowest = server.percentile(99, SETTLED, 'light');
      t.true(slowest <= 300, `[seed ${seed}] ${slowest} ms`);
    }
    const none = offer(stubborn, load, { limit: Infinity, backlog: 511 }).goodput(SETTLED, SECONDS) / stubborn.best;
    t.true(none <= 0.3, `without control ${none}`);
  });

test('streams whose clients leave at some time take nothing from pages', (t) => {
  const stream: RequestKind = {
    name: 'stream',
    weight: 0.1,
    deadlineMs: 3000,
    *handler() {
      yield* sleep(1e9);
    },
  };
  const server = new SimulatedServer({ kinds: [{ ...page, weight: 0.9 }, stream], rate: 200, seconds: 20 }).run();
  const { offered, good } = server.outcome('page');
  t.true(good.length >= 0.97 * offered, `${good.length} of ${offered}`);
});

test('a handler that computes for more than a second is learned', (t) => {
  const report: RequestKind = {
    name: 'report',
    *handler(server) {
      server.work(1200);
    },
  };
  const server = new SimulatedServer({ kinds: [report], rate: 3, seconds: 60, goal: 5000 }).run();
  const kept = server.goodput(20, 60) * 1.2;
  t.true(kept >= 0.85, `${kept}`);
});

test('a fiber that computes for ever beside a server has half of the processor, and no more', (t) => {
  for (const load of [0.2, 2, 8]) {
    function* crunch(server: Server): Operation<void> {
      for (;;) {
        server.work(1);
        yield* yieldNow();
      }
    }
    const server = new SimulatedServer({ kinds: [page], rate: 889 * load, seconds: SECONDS, beside: crunch }).run();
    const kept = server.goodput(SETTLED, SECONDS) / (889 * Math.min(load, 0.5));
    t.true(kept >= 0.93, `${kept} at ${load}`);
  }
});

for (const [connected, half] of [
  [false, 0.55],
  [true, 0.48],
] as const)
  test(`of what comes once a second in one burst on ${connected ? 'kept' : 'new'} connections all is answered that an idle processor can answer in half of the goal`, (t) => {
    for (const [load, share] of [
      [0.2, 1],
      [0.5, half],
    ] as const)
      for (const seed of SEEDS) {
        const rate = (at: number): number => (at % 1000 < 50 ? 889 * load * 20 : 0);
        const server = new SimulatedServer({ kinds: [{ ...page, connected }], rate, seconds: 8, seed }).run();
        const kept = server.goodput(SETTLED, 8) / (889 * load);
        t.true(kept >= 0.95 * share, `[seed ${seed}] ${kept} at ${load}`);
      }
  });

/**
 * Takes the next message as soon as the last one was let in: with the processor
 * for 3 ms, in two parts, it could take all of it.
 */
const consumer = (options: Partial<GateOptions> = {}) =>
  function* consume(server: Server): Operation<void> {
    const mail = gate({ name: 'mail', goal: 60_000, patient: true, ...options });
    for (;;) {
      const begun = event();
      yield* spawn(() =>
        mail.admit(function* deliver() {
          begun.set();
          server.work(2);
          yield* sleep(20);
          server.work(1);
        }),
      );
      yield* begun.wait();
    }
  };

for (const [what, priority, p99] of [
  ['all there is', 1, 130],
  ['all there is, in the background,', 0.1, 30],
] as const)
  test(`a consumer that takes ${what} leaves pages at half load what is theirs, and uses the rest`, (t) => {
    for (const seed of fuzzSeeds(3)) {
      const beside = consumer({ priority });
      const server = new SimulatedServer({ kinds: [page], rate: 889 / 2, seconds: 8, seed, beside }).run();
      const { offered, refused, dropped, late } = server.outcome('page');
      t.true(offered > 3000);
      // They take all of their half, so that what comes by chance makes a queue now and then.
      t.true(refused + dropped + late <= 0.06 * offered, `[seed ${seed}] ${refused} of ${offered}`);
      const slowest = server.percentile(99, SETTLED);
      t.true(slowest <= p99, `[seed ${seed}] ${slowest} ms`);
      const [, mail] = server.governor.entries;
      const busy = (3 * mail!.kinds.get('deliver')!.finished) / 8000;
      t.true(busy >= 0.47, `[seed ${seed}] ${busy} of the processor`);
    }
  });

test('a consumer that takes all there is has no page refused that fits into the other half of the processor', (t) => {
  for (const seed of fuzzSeeds(8)) {
    const server = new SimulatedServer({ kinds: [page], rate: 889 * 0.45, seconds: 8, seed, beside: consumer() }).run();
    const { offered, refused, dropped, late } = server.outcome('page');
    t.is(refused + late, 0, `[seed ${seed}]`);
    t.true(dropped <= 0.02 * offered, `[seed ${seed}] ${dropped} of ${offered} dropped`);
    const busy = (3 * [...server.governor.entries][1]!.kinds.get('deliver')!.finished) / 8000;
    t.true(busy >= 0.5, `[seed ${seed}] ${busy} of the processor`);
  }
});

test('a consumer in the background beside twice the load gets something, and pages get more', (t) => {
  const shares = [0.1, 1].map((priority) => {
    const server = new SimulatedServer({ kinds: [page], rate: 1778, seconds: 8, beside: consumer({ priority }) }).run();
    t.is(server.outcome('page').late, 0);
    return server.goodput(SETTLED, 8) / 889;
  });
  t.true(shares[0]! >= 1.3 * shares[1]! && shares[0]! <= 0.95, shares.join(', '));
});

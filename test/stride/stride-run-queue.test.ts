import test from 'ava';
import { Runtime, sleep, spawn, yieldNow, type Operation } from 'heddle';
import { Random } from 'heddle/testing';
import type { Fiber } from '#src/fibers/fiber.js';
import type { ReadyList } from '#src/fibers/ready-list.js';
import { StrideRunQueue, type StrideList } from '#src/stride/stride-run-queue.js';
import { fuzzSeeds } from '../support/fuzz.js';
import { WorkClock } from '../support/work-clock.js';

/** Kinds of fibers that stay busy, each with so many fibers and so long runs, and with their tickets. */
interface Load {
  readonly name: string;
  readonly tickets: number;
  readonly fibers: number;
  readonly runMs: () => number;
}

/** Gives nodes their tickets by the names of kinds, and remembers the longest time that was charged at once. */
class WatchedQueue extends StrideRunQueue {
  quantumMs = 0;
  private readonly tickets: ReadonlyMap<string, number>;

  constructor(tickets: ReadonlyMap<string, number>) {
    super();
    this.tickets = tickets;
  }

  override push(fiber: Fiber): void {
    super.push(fiber);
    const tickets = this.tickets.get(fiber.name);
    if (tickets !== undefined) this.setTickets(fiber.node!.ready as StrideList, tickets);
  }

  override charge(list: ReadyList, ms: number, usualMs: number): void {
    this.quantumMs = Math.max(this.quantumMs, ms);
    super.charge(list, ms, usualMs);
  }
}

/** Runs them side by side for `totalMs`; how far a kind is from its share of what it and another got, in quanta, at the worst. */
async function unfairness(loads: readonly Load[], totalMs: number): Promise<number> {
  const clock = new WorkClock();
  const queue = new WatchedQueue(new Map(loads.map((load) => [load.name, load.tickets])));
  const runtime = new Runtime({ clock, queue, sliceMs: 2 });
  const service: Record<string, number> = Object.fromEntries(loads.map((load) => [load.name, 0]));
  let ran = 0;
  await runtime.run(function* () {
    for (const load of loads) {
      function* body(): Operation<void> {
        // All have come to the node that they then stay at before the count begins.
        yield* sleep(1);
        yield* yieldNow();
        while (ran < totalMs) {
          const ms = load.runMs();
          clock.work(ms);
          ran += ms;
          service[load.name]! += ms;
          yield* yieldNow();
        }
      }
      const kind = Object.defineProperty(() => body(), 'name', { value: load.name });
      for (let i = 0; i < load.fibers; i++) yield* spawn(kind);
    }
  });
  const errors = loads.flatMap((a) =>
    loads.map((b) => Math.abs(service[a.name]! * b.tickets - service[b.name]! * a.tickets) / (a.tickets + b.tickets)),
  );
  return Math.max(...errors) / queue.quantumMs;
}

test('nodes that stay busy get equal service, however many fibers they have and however long those run', async (t) => {
  const worst = await unfairness(
    [
      { name: 'few long', tickets: 100, fibers: 2, runMs: () => 1 },
      { name: 'many short', tickets: 100, fibers: 200, runMs: () => 0.01 },
      { name: 'one', tickets: 100, fibers: 1, runMs: () => 0.3 },
    ],
    3000,
  );
  t.true(worst <= 1 + 1e-6, `${worst} quanta`);
});

test('service is shared out by tickets', async (t) => {
  const worst = await unfairness(
    [
      { name: 'a', tickets: 100, fibers: 3, runMs: () => 0.5 },
      { name: 'b', tickets: 200, fibers: 3, runMs: () => 0.25 },
      { name: 'c', tickets: 700, fibers: 30, runMs: () => 0.05 },
    ],
    2000,
  );
  t.true(worst <= 1 + 1e-6, `${worst} quanta`);
});

test('among nodes that stay busy service stays within one quantum of its share, whatever the loads', async (t) => {
  for (const seed of fuzzSeeds(40)) {
    const random = new Random(seed);
    const loads = Array.from({ length: 2 + random.below(4) }, (_, i) => {
      const longest = [0.01, 0.1, 1][random.below(3)]!;
      return {
        name: `k${i}`,
        tickets: 50 * (1 + random.below(6)),
        fibers: 1 + random.below(20),
        runMs: () => longest * (0.1 + 0.9 * random.next()),
      };
    });
    const worst = await unfairness(loads, 1000);
    t.true(worst <= 1 + 1e-6, `[seed ${seed}] ${worst} quanta`);
  }
});

test('a long-running kind does not delay the first steps of new fibers by more than its quantum', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  let worst = 0;
  await runtime.run(function* () {
    let stop = false;
    for (let i = 0; i < 50; i++)
      yield* spawn(function* heavy() {
        while (!stop) {
          clock.work(1);
          yield* yieldNow();
        }
      });
    yield* spawn(function* accept() {
      for (let i = 0; i < 50; i++) {
        yield* sleep(20);
        const arrived = clock.now();
        yield* spawn(function* light() {
          worst = Math.max(worst, clock.now() - arrived);
          clock.work(0.01);
        });
      }
      stop = true;
    });
  });
  t.true(worst <= 8, `${worst} ms; in one queue with the others it would be 50`);
});

/** Pages of `runMs` each come every 2 ms beside four fibers that work in steps of 1 ms, for 20 s; the time that each page took. */
async function besideWorkers(
  runMs: (page: number) => number,
): Promise<{ took: number[]; pages: number; worker: number }> {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  const took: number[] = [];
  let [pages, worker] = [0, 0];
  await runtime.run(function* () {
    let stop = false;
    for (const name of ['a', 'b', 'c', 'd']) {
      function* steps(): Operation<void> {
        while (!stop) {
          clock.work(1);
          if (name === 'a') worker++;
          yield* yieldNow();
        }
      }
      yield* spawn(Object.defineProperty(() => steps(), 'name', { value: name }));
    }
    for (let i = 0; clock.now() < 20_000; i++) {
      const arrived = clock.now();
      yield* spawn(function* page() {
        const ms = runMs(i);
        clock.work(ms);
        if (!stop) pages += ms;
        took.push(clock.now() - arrived);
      });
      yield* sleep(2);
    }
    stop = true;
  });
  return { took, pages, worker };
}

test('a long pause in a short run is charged with those that follow, so that they do not wait for it', async (t) => {
  const { took } = await besideWorkers((page) => (page > 100 && page % 100 === 50 ? 20 : 0.1));
  const after = took.filter((_, page) => page > 100 && page % 100 > 50 && page % 100 < 55);
  t.true(after.length > 50);
  t.true(Math.max(...after) <= 45, `${Math.max(...after)} ms; charged at once it would be 80 and more`);
});

test('runs most of which are short get no more than their share for the long ones among them', async (t) => {
  const { pages, worker } = await besideWorkers((page) => (page % 10 === 5 ? 20 : 0.1));
  t.true(Math.abs(pages - worker) <= 0.05 * worker, `${pages} and ${worker} ms`);
});

test('a node that comes back has saved up nothing', async (t) => {
  const clock = new WorkClock();
  const runtime = new Runtime({ clock });
  const got = { steady: 0, sleeper: 0 };
  await runtime.run(function* () {
    let stop = false;
    yield* spawn(function* steady() {
      while (!stop) {
        clock.work(0.1);
        got.steady += 0.1;
        yield* yieldNow();
      }
    });
    yield* spawn(function* sleeper() {
      yield* sleep(500);
      got.steady = 0;
      for (let i = 0; i < 1000; i++) {
        clock.work(0.1);
        got.sleeper += 0.1;
        yield* yieldNow();
      }
      stop = true;
    });
  });
  t.true(Math.abs(got.steady - got.sleeper) <= 5, JSON.stringify(got));
});

test('the queue knows how many are ready', async (t) => {
  const queue = new StrideRunQueue();
  const clock = new WorkClock();
  await new Runtime({ clock, queue }).run(function* () {
    for (let i = 0; i < 100; i++)
      yield* spawn(function* () {
        yield* yieldNow();
      });
    yield* sleep(1);
  });
  t.is(queue.size, 0);
  t.is(queue.stride.next(), null);
  queue.stride.validate();
});

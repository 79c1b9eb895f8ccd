import { run, sleep, spawn, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { goPeer } from './harness/go-program.js';
import { series } from './harness/xorshift32.js';
import { cpuNanosecondsPerOperation } from './metric.js';
import { recorded, unrecorded } from './peers/heddle.js';

/** Milliseconds from 1 to 1000, the same for every subject. */
function durations(): () => number {
  const next = series();
  return () => (next() % 1000) + 1;
}

/** CPU nanoseconds, user and system, that each of `size` sleeping tasks costs. A small round goes first to warm up. */
async function cpuPerTask(size: number, sleepAll: (count: number) => Promise<unknown>): Promise<number> {
  await sleepAll(Math.min(size, 1000));
  const before = process.cpuUsage();
  await sleepAll(size);
  const { user, system } = process.cpuUsage(before);
  return ((user + system) * 1000) / size;
}

function heddle(size: number, options: RunOptions): Promise<number> {
  const next = durations();
  function* nap(duration: number) {
    yield* sleep(duration);
  }
  return cpuPerTask(size, (count) =>
    run(function* () {
      for (let index = 0; index < count; index++) yield* spawn(nap, next());
    }, options),
  );
}

/**
 * One operation: start a task that sleeps for a random whole number of milliseconds up to 1,000 and ends. CPU time, since the
 * clock shows only the sleep. effection is absent: only to spawn 100,000 takes it 20 s.
 */
export const benchmark: Benchmark = {
  name: 'timers',
  operation: 'start a task that sleeps for a random time up to 1 s and ends',
  metrics: [cpuNanosecondsPerOperation],
  cases: [tasks(100_000), tasks(1_000_000, { quick: false })],
  subjects: {
    heddle: (size) => heddle(size, recorded),
    'heddle-unrecorded': (size) => heddle(size, unrecorded),

    await(size) {
      const next = durations();
      async function nap(duration: number) {
        await new Promise<void>((resolve) => setTimeout(resolve, duration));
      }
      return cpuPerTask(size, (count) => Promise.all(Array.from({ length: count }, () => nap(next()))));
    },

    // What a task sleeps with, and no task: nothing to join, to cancel, or to go on with.
    callback(size) {
      const next = durations();
      const sleepAll = (count: number) =>
        new Promise<void>((resolve) => {
          let left = count;
          const end = () => {
            if (--left === 0) resolve();
          };
          for (let index = 0; index < count; index++) setTimeout(end, next());
        });
      return cpuPerTask(size, sleepAll);
    },

    async effect(size) {
      const { Effect, Fiber } = await import('effect');
      const next = durations();
      const sleepAll = (count: number) =>
        Effect.gen(function* () {
          const running = [];
          for (let index = 0; index < count; index++) running.push(yield* Effect.forkChild(Effect.sleep(next())));
          yield* Fiber.joinAll(running);
        });
      return cpuPerTask(size, (count) => Effect.runPromise(sleepAll(count)));
    },

    go: goPeer,
  },
};

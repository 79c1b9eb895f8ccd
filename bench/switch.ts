import { AsyncLocalStorage } from 'node:async_hooks';
import { run, scope, spawn, yieldNow, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { pthreadsPeer, threadLimit } from './harness/c-program.js';
import { goPeer } from './harness/go-program.js';
import type { Lap } from './harness/lap.js';
import { nanosecondsPerOperation } from './metric.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';
import { passTurn, startWorker } from './peers/worker.js';

async function heddle(size: number, lap: Lap, options: RunOptions): Promise<number> {
  function* turns() {
    while (lap.tick()) yield* yieldNow();
  }
  await run(function* () {
    for (let index = 0; index < size; index++) yield* spawn(turns);
  }, options);
  return lap.nanosecondsPerOperation;
}

/** As `heddle`, each task with something of its own that is current around it. */
async function followed(size: number, lap: Lap, enter: (index: number, f: () => void) => void): Promise<number> {
  function* turns() {
    while (lap.tick()) yield* yieldNow();
  }
  await run(function* () {
    yield* scope(function* (work) {
      for (let index = 0; index < size; index++) enter(index, () => work.spawn(turns));
    });
  }, recorded);
  return lap.nanosecondsPerOperation;
}

/** One operation: one of n tasks gives up the processor and the next one gets it. */
export const benchmark: Benchmark = {
  name: 'switch',
  operation: 'one of n tasks gives the others a turn',
  metrics: [nanosecondsPerOperation],
  cases: [tasks(2), tasks(1000), tasks(100_000)],
  takesPart(subject, size) {
    if (subject === 'worker_threads') return size === 2;
    // Only to spawn 100,000 takes effection 20 s.
    return subject !== 'effection' || size <= 1000;
  },
  limits: threadLimit,
  subjects: {
    heddle: (size, context) => heddle(size, context.lap(2 * size), recorded),
    'heddle-compiled': (size, context) => heddle(size, context.lap(2 * size), recorded),
    'heddle-unrecorded': (size, context) => heddle(size, context.lap(2 * size), unrecorded),

    async 'heddle-async-context'(size, context) {
      await import('heddle/async-context');
      const storage = new AsyncLocalStorage<number>();
      return followed(size, context.lap(2 * size), (index, f) => storage.run(index, f));
    },

    async 'heddle-cls-hooked'(size, context) {
      await import('heddle/cls-hooked');
      const namespace = (await import('cls-hooked')).createNamespace('bench');
      return followed(size, context.lap(2 * size), (_index, f) => namespace.run(f));
    },

    generator(size, context) {
      const lap = context.lap(2 * size);
      function* turns(): generator.Body {
        while (lap.tick()) yield generator.AGAIN;
      }
      for (let index = 0; index < size; index++) generator.spawn(turns());
      generator.runAll();
      return lap.nanosecondsPerOperation;
    },

    async await(size, context) {
      const lap = context.lap(2 * size);
      async function turns() {
        while (lap.tick()) await undefined;
      }
      await Promise.all(Array.from({ length: size }, turns));
      return lap.nanosecondsPerOperation;
    },

    // Two kernel threads that hand one turn to and fro: each pass is one switch.
    async worker_threads(_size, context) {
      const lap = context.lap(2);
      const turn = new Int32Array(new SharedArrayBuffer(4));
      const worker = await startWorker({ role: 'turns', turn });
      while (lap.tick() && lap.tick()) passTurn(turn, 0);
      Atomics.store(turn, 0, 2);
      Atomics.notify(turn, 0);
      await worker.terminate();
      return lap.nanosecondsPerOperation;
    },

    async effect(size, context) {
      const { Effect, Fiber } = await import('effect');
      const lap = context.lap(2 * size);
      const turns = Effect.gen(function* () {
        while (lap.tick()) yield* Effect.yieldNow;
      });
      await Effect.runPromise(
        Effect.gen(function* () {
          const fibers = [];
          for (let index = 0; index < size; index++) fibers.push(yield* Effect.forkChild(turns));
          yield* Fiber.joinAll(fibers);
        }),
      );
      return lap.nanosecondsPerOperation;
    },

    async effection(size, context) {
      const { run: runEffection, spawn: spawnEffection } = await import('effection');
      const { effectionYield } = await import('./peers/effection-yield.js');
      const lap = context.lap(2 * size);
      function* turns() {
        while (lap.tick()) yield* effectionYield();
      }
      await runEffection(function* () {
        const running = [];
        for (let index = 0; index < size; index++) running.push(yield* spawnEffection(turns));
        for (const task of running) yield* task;
      });
      return lap.nanosecondsPerOperation;
    },

    go: goPeer,
    pthreads: pthreadsPeer,
  },
};

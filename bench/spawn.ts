import { Runtime, spawn, yieldNow, type Fiber, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { pthreadsPeer, threadLimit } from './harness/c-program.js';
import { nanoseconds, type Context } from './harness/context.js';
import { goPeer } from './harness/go-program.js';
import { nanosecondsPerOperation } from './metric.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';
import { startWorker } from './peers/worker.js';

function heddle(size: number, context: Context, options: RunOptions): Promise<number> {
  function* child(index: number) {
    yield* yieldNow();
    return index;
  }
  // One runtime, as in a server: each new one learns its graph anew, which takes as long as some tens of fibers.
  const runtime = new Runtime(options);
  return context.batches(size, () =>
    runtime.run(function* () {
      const start = nanoseconds();
      const fibers: Fiber<number>[] = [];
      for (let index = 0; index < size; index++) fibers.push(yield* spawn(child, index));
      for (const fiber of fibers) yield* fiber.join();
      return nanoseconds() - start;
    }),
  );
}

/**
 * One operation: start a task, let it suspend once and return its number, and collect that. All n tasks are started before the
 * first is joined, so n live at the same time. A worker starts, comes on line and is terminated.
 */
export const benchmark: Benchmark = {
  name: 'spawn',
  operation: 'start a task that suspends once, and join it; n live at the same time',
  metrics: [nanosecondsPerOperation],
  cases: [tasks(100), tasks(100_000)],
  // 100,000 workers would need 800 GB; 100,000 tasks of effection take 20 s.
  takesPart: (subject, size) => (subject !== 'worker_threads' && subject !== 'effection') || size === 100,
  limits: threadLimit,
  subjects: {
    heddle: (size, context) => heddle(size, context, recorded),
    'heddle-compiled': (size, context) => heddle(size, context, recorded),
    'heddle-unrecorded': (size, context) => heddle(size, context, unrecorded),

    generator(size, context) {
      let sum = 0;
      function* child(index: number): generator.Body {
        yield generator.AGAIN;
        sum += index;
      }
      function* parent(): generator.Body {
        const children = Array.from({ length: size }, (_, index) => generator.spawn(child(index)));
        for (const task of children) yield* generator.join(task);
      }
      return context.batches(size, () => {
        const start = nanoseconds();
        generator.spawn(parent());
        generator.runAll();
        return nanoseconds() - start;
      });
    },

    await(size, context) {
      async function child(index: number) {
        await undefined;
        return index;
      }
      return context.batches(size, async () => {
        const start = nanoseconds();
        const children = Array.from({ length: size }, (_, index) => child(index));
        for (const promise of children) await promise;
        return nanoseconds() - start;
      });
    },

    // Takes seconds: one batch, without a warm-up.
    async worker_threads(size) {
      const start = nanoseconds();
      const workers = await Promise.all(Array.from({ length: size }, () => startWorker({ role: 'parked' })));
      await Promise.all(workers.map((worker) => worker.terminate()));
      return (nanoseconds() - start) / size;
    },

    async effect(size, context) {
      const { Effect, Fiber: EffectFiber } = await import('effect');
      const child = (index: number) =>
        Effect.gen(function* () {
          yield* Effect.yieldNow;
          return index;
        });
      const batch = Effect.gen(function* () {
        const start = nanoseconds();
        const fibers = [];
        for (let index = 0; index < size; index++) fibers.push(yield* Effect.forkChild(child(index)));
        for (const fiber of fibers) yield* EffectFiber.join(fiber);
        return nanoseconds() - start;
      });
      return context.batches(size, () => Effect.runPromise(batch));
    },

    async effection(size, context) {
      const effection = await import('effection');
      const { effectionYield } = await import('./peers/effection-yield.js');
      function* child(index: number) {
        yield* effectionYield();
        return index;
      }
      return context.batches(size, () =>
        effection.run(function* () {
          const start = nanoseconds();
          const running = [];
          for (let index = 0; index < size; index++) running.push(yield* effection.spawn(() => child(index)));
          for (const task of running) yield* task;
          return nanoseconds() - start;
        }),
      );
    },

    go: goPeer,
    pthreads: pthreadsPeer,
  },
};

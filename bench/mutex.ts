import { mutex, run, spawn, yieldNow, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { pthreadsPeer } from './harness/c-program.js';
import { goPeer } from './harness/go-program.js';
import type { Lap } from './harness/lap.js';
import { nanosecondsPerOperation } from './metric.js';
import { AsyncMutex } from './peers/async-mutex.js';
import { GeneratorMutex } from './peers/generator-sync.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';

async function heddle(size: number, lap: Lap, options: RunOptions): Promise<number> {
  const contended = size > 1;
  await run(function* () {
    const lock = mutex();
    function* contend() {
      while (lap.tick()) {
        const permit = yield* lock.lock();
        if (contended) yield* yieldNow();
        permit.release();
      }
    }
    for (let index = 0; index < size; index++) yield* spawn(contend);
  }, options);
  return lap.nanosecondsPerOperation;
}

/**
 * One operation: lock and unlock. `n=1` is the lock that nobody else wants. With more tasks the holder gives the others a turn
 * before it unlocks, so that all of them stand in the queue and every lock waits.
 */
export const benchmark: Benchmark = {
  name: 'mutex',
  operation: 'lock and unlock; from n=2 on the holder yields once, so that the others queue',
  metrics: [nanosecondsPerOperation],
  cases: [tasks(1), tasks(100)],
  subjects: {
    heddle: (size, context) => heddle(size, context.lap(2 * size), recorded),
    'heddle-compiled': (size, context) => heddle(size, context.lap(2 * size), recorded),
    'heddle-unrecorded': (size, context) => heddle(size, context.lap(2 * size), unrecorded),

    generator(size, context) {
      const contended = size > 1;
      const lap = context.lap(2 * size);
      const lock = new GeneratorMutex();
      function* contend(): generator.Body {
        while (lap.tick()) {
          yield* lock.lock();
          if (contended) yield generator.AGAIN;
          lock.unlock();
        }
      }
      for (let index = 0; index < size; index++) generator.spawn(contend());
      generator.runAll();
      return lap.nanosecondsPerOperation;
    },

    async await(size, context) {
      const contended = size > 1;
      const lap = context.lap(2 * size);
      const lock = new AsyncMutex();
      async function contend() {
        while (lap.tick()) {
          await lock.lock();
          if (contended) await undefined;
          lock.unlock();
        }
      }
      await Promise.all(Array.from({ length: size }, contend));
      return lap.nanosecondsPerOperation;
    },

    async effect(size, context) {
      const { Effect, Fiber, Semaphore } = await import('effect');
      const contended = size > 1;
      const lap = context.lap(2 * size);
      await Effect.runPromise(
        Effect.gen(function* () {
          const lock = yield* Semaphore.make(1);
          const held = contended ? Effect.yieldNow : Effect.void;
          const contend = Effect.gen(function* () {
            while (lap.tick()) yield* lock.withPermit(held);
          });
          const running = [];
          for (let index = 0; index < size; index++) running.push(yield* Effect.forkChild(contend));
          yield* Fiber.joinAll(running);
        }),
      );
      return lap.nanosecondsPerOperation;
    },

    // Its holder keeps the lock for a while after others queued (no hand-over): less fair, fewer switches.
    go: goPeer,
    pthreads: pthreadsPeer,
  },
};

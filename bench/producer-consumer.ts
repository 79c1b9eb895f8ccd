import { channel, run, spawn, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { pthreadsPeer, threadLimit } from './harness/c-program.js';
import { goPeer } from './harness/go-program.js';
import type { Lap } from './harness/lap.js';
import { itemsPerSecond } from './metric.js';
import { AsyncChannel } from './peers/async-channel.js';
import { GeneratorChannel } from './peers/generator-sync.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';
import { randomWork, workSeed } from './peers/random-work.js';
import { sharedBuffer, type BufferRole } from './peers/worker-buffer.js';
import { countedPerSecond } from './peers/worker-count.js';

/** What the shared buffer holds, at any number of tasks. */
const capacity = 64;
const end = -1;

async function heddle(pairs: number, lap: Lap, options: RunOptions): Promise<number> {
  await run(function* () {
    const buffer = channel<number>(capacity);
    function* produce() {
      while (lap.tick()) yield* buffer.send(1);
      yield* buffer.send(end);
    }
    function* consume(seed: number) {
      for (let state = seed; (yield* buffer.receive()) !== end;) state = randomWork(state);
    }
    for (let index = 0; index < pairs; index++) {
      yield* spawn(produce);
      yield* spawn(consume, workSeed(index));
    }
  }, options);
  return lap.operationsPerSecond;
}

/**
 * The figure of Capriccio's paper: n producers and n consumers share one buffer, and consumers work for a random time on each
 * item, here for two microseconds or so. Capriccio keeps 0.69 of its rate from 1 to 32,768 pairs, as the threads' memory
 * outgrows the caches. What an item costs without the work `channel` measures.
 */
export const benchmark: Benchmark = {
  name: 'producer-consumer',
  operation:
    'one item from one of n producers to one of n consumers through a shared buffer of 64, and some 2 µs of work on it',
  metrics: [itemsPerSecond],
  cases: [
    tasks(1, { quick: false }),
    tasks(10),
    tasks(100),
    tasks(1000, { quick: false }),
    tasks(10_000),
    tasks(32_768),
    tasks(100_000, { quick: false }),
  ],
  // One pair alone is no crowd: its buffer decides how it runs.
  retentionFrom: 'n=10',
  // A worker takes about 8 MB.
  takesPart: (subject, pairs) => subject !== 'worker_threads' || pairs <= 10,
  limits: threadLimit,
  subjects: {
    heddle: (pairs, context) => heddle(pairs, context.lap(4 * pairs), recorded),
    'heddle-compiled': (pairs, context) => heddle(pairs, context.lap(4 * pairs), recorded),
    'heddle-unrecorded': (pairs, context) => heddle(pairs, context.lap(4 * pairs), unrecorded),

    generator(pairs, context) {
      const lap = context.lap(4 * pairs);
      const buffer = new GeneratorChannel<number>(capacity);
      function* produce(): generator.Body {
        while (lap.tick()) yield* buffer.send(1);
        yield* buffer.send(end);
      }
      function* consume(seed: number): generator.Body {
        for (let state = seed; (yield* buffer.receive()) !== end;) state = randomWork(state);
      }
      for (let index = 0; index < pairs; index++) {
        generator.spawn(produce());
        generator.spawn(consume(workSeed(index)));
      }
      generator.runAll();
      return lap.operationsPerSecond;
    },

    async await(pairs, context) {
      const lap = context.lap(4 * pairs);
      const buffer = new AsyncChannel<number>(capacity);
      async function produce() {
        while (lap.tick()) await buffer.send(1);
        await buffer.send(end);
      }
      async function consume(seed: number) {
        for (let state = seed; (await buffer.receive()) !== end;) state = randomWork(state);
      }
      const running: Promise<void>[] = [];
      for (let index = 0; index < pairs; index++) running.push(produce(), consume(workSeed(index)));
      await Promise.all(running);
      return lap.operationsPerSecond;
    },

    // On all processors. The buffer is in shared memory, its lock and conditions are made of `Atomics.wait`.
    worker_threads(pairs, context) {
      const memory = sharedBuffer(capacity);
      const roles = Array.from({ length: pairs }, (_, index) => [
        { role: 'produce', memory } satisfies BufferRole,
        { role: 'consume', memory, seed: workSeed(index) } satisfies BufferRole,
      ]);
      return countedPerSecond(new URL('peers/worker-buffer.js', import.meta.url), roles.flat(), context);
    },

    async effect(pairs, context) {
      const { Effect, Fiber, Queue } = await import('effect');
      const lap = context.lap(4 * pairs);
      await Effect.runPromise(
        Effect.gen(function* () {
          const buffer = yield* Queue.bounded<number>(capacity);
          const produce = Effect.gen(function* () {
            while (lap.tick()) yield* Queue.offer(buffer, 1);
            yield* Queue.offer(buffer, end);
          });
          const consume = (seed: number) =>
            Effect.gen(function* () {
              for (let state = seed; (yield* Queue.take(buffer)) !== end;) state = randomWork(state);
            });
          const running = [];
          for (let index = 0; index < pairs; index++) {
            running.push(yield* Effect.forkChild(produce), yield* Effect.forkChild(consume(workSeed(index))));
          }
          yield* Fiber.joinAll(running);
        }),
      );
      return lap.operationsPerSecond;
    },

    go: goPeer,
    pthreads: pthreadsPeer,
  },
};

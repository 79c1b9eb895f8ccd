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
    function* consume() {
      while ((yield* buffer.receive()) !== end);
    }
    for (let index = 0; index < pairs; index++) {
      yield* spawn(produce);
      yield* spawn(consume);
    }
  }, options);
  return lap.operationsPerSecond;
}

/**
 * The figure of Capriccio's paper (section 2.3, "producer-consumer"): n producers and n consumers share one buffer. One item is one message through it.
 * Capriccio keeps 0.69 of its rate from 1 to 32,768 pairs, as the threads' memory outgrows the caches. There consumers work for a random
 * time on each item; here they do nothing, which makes retention harder.
 */
export const benchmark: Benchmark = {
  name: 'producer-consumer',
  operation: 'one item from one of n producers to one of n consumers through a shared buffer of 64',
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
      function* consume(): generator.Body {
        while ((yield* buffer.receive()) !== end);
      }
      for (let index = 0; index < pairs; index++) {
        generator.spawn(produce());
        generator.spawn(consume());
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
      async function consume() {
        while ((await buffer.receive()) !== end);
      }
      const running: Promise<void>[] = [];
      for (let index = 0; index < pairs; index++) running.push(produce(), consume());
      await Promise.all(running);
      return lap.operationsPerSecond;
    },

    // On all processors. The buffer is in shared memory, its lock and conditions are made of `Atomics.wait`.
    worker_threads(pairs, context) {
      const memory = sharedBuffer(capacity);
      const roles = Array.from({ length: pairs }, () => [
        { role: 'produce', memory } satisfies BufferRole,
        { role: 'consume', memory } satisfies BufferRole,
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
          const consume = Effect.gen(function* () {
            while ((yield* Queue.take(buffer)) !== end);
          });
          const running = [];
          for (let index = 0; index < pairs; index++) {
            running.push(yield* Effect.forkChild(produce), yield* Effect.forkChild(consume));
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

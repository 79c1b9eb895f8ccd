import { channel, run, spawn, type RunOptions } from 'heddle';
import type { Benchmark } from './harness/benchmark.js';
import { goPeer } from './harness/go-program.js';
import type { Lap } from './harness/lap.js';
import { nanosecondsPerOperation } from './metric.js';
import { AsyncChannel } from './peers/async-channel.js';
import { GeneratorChannel } from './peers/generator-sync.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';

/** The message that says there will be no more. */
const end = -1;

async function heddle(capacity: number, lap: Lap, options: RunOptions): Promise<number> {
  await run(function* () {
    const there = channel<number>(capacity);
    const back = channel<number>(capacity);
    yield* spawn(function* () {
      while ((yield* there.receive()) !== end) if (capacity === 0) yield* back.send(1);
    });
    while (lap.tick()) {
      yield* there.send(1);
      if (capacity === 0) yield* back.receive();
    }
    yield* there.send(end);
  }, options);
  return lap.nanosecondsPerOperation;
}

/**
 * Two tasks. `unbuffered`: one operation is a round trip over two channels without a buffer, two messages and two meetings.
 * `buffered=64`: one operation is one message of a steady stream through one channel that holds 64.
 */
export const benchmark: Benchmark = {
  name: 'channel',
  operation: 'unbuffered: a round trip of two messages between two tasks; buffered: one message of a stream',
  metrics: [nanosecondsPerOperation],
  cases: [
    { name: 'unbuffered', size: 0 },
    { name: 'buffered=64', size: 64 },
  ],
  // effection's queues are never full, so that it has no stream to compare.
  takesPart: (subject, capacity) => subject !== 'effection' || capacity === 0,
  subjects: {
    heddle: (capacity, context) => heddle(capacity, context.lap(1), recorded),
    'heddle-unrecorded': (capacity, context) => heddle(capacity, context.lap(1), unrecorded),

    generator(capacity, context) {
      const lap = context.lap(1);
      const there = new GeneratorChannel<number>(capacity);
      const back = new GeneratorChannel<number>(capacity);
      function* answer(): generator.Body {
        while ((yield* there.receive()) !== end) if (capacity === 0) yield* back.send(1);
      }
      function* ask(): generator.Body {
        while (lap.tick()) {
          yield* there.send(1);
          if (capacity === 0) yield* back.receive();
        }
        yield* there.send(end);
      }
      generator.spawn(answer());
      generator.spawn(ask());
      generator.runAll();
      return lap.nanosecondsPerOperation;
    },

    async await(capacity, context) {
      const lap = context.lap(1);
      const there = new AsyncChannel<number>(capacity);
      const back = new AsyncChannel<number>(capacity);
      async function answer() {
        while ((await there.receive()) !== end) if (capacity === 0) await back.send(1);
      }
      const answering = answer();
      while (lap.tick()) {
        await there.send(1);
        if (capacity === 0) await back.receive();
      }
      await there.send(end);
      await answering;
      return lap.nanosecondsPerOperation;
    },

    async effect(capacity, context) {
      const { Effect, Fiber, Queue } = await import('effect');
      const lap = context.lap(1);
      await Effect.runPromise(
        Effect.gen(function* () {
          const there = yield* Queue.bounded<number>(capacity);
          const back = yield* Queue.bounded<number>(capacity);
          const answering = yield* Effect.forkChild(
            Effect.gen(function* () {
              while ((yield* Queue.take(there)) !== end) if (capacity === 0) yield* Queue.offer(back, 1);
            }),
          );
          while (lap.tick()) {
            yield* Queue.offer(there, 1);
            if (capacity === 0) yield* Queue.take(back);
          }
          yield* Queue.offer(there, end);
          yield* Fiber.join(answering);
        }),
      );
      return lap.nanosecondsPerOperation;
    },

    // Its senders do not wait: the same two messages with two waits instead of four.
    async effection(_capacity, context) {
      const { createQueue, run: runEffection, spawn: spawnEffection } = await import('effection');
      const lap = context.lap(1);
      await runEffection(function* () {
        const there = createQueue<number, never>();
        const back = createQueue<number, never>();
        const answering = yield* spawnEffection(function* () {
          while ((yield* there.next()).value !== end) back.add(1);
        });
        while (lap.tick()) {
          there.add(1);
          yield* back.next();
        }
        there.add(end);
        yield* answering;
      });
      return lap.nanosecondsPerOperation;
    },

    go: goPeer,
  },
};

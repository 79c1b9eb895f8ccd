import { run, scope, spawn, suspend, yieldNow, type RunOptions } from 'heddle';
import { tasks, type Benchmark } from './harness/benchmark.js';
import { nanoseconds, type Context } from './harness/context.js';
import { goPeer } from './harness/go-program.js';
import { nanosecondsPerOperation } from './metric.js';
import { recorded, unrecorded } from './peers/heddle.js';

function heddle(size: number, context: Context, options: RunOptions): Promise<number> {
  return context.batches(size, () => {
    let started = 0;
    let cleanedUp = 0;
    function* parked() {
      try {
        started++;
        yield* suspend();
      } finally {
        cleanedUp++;
      }
    }
    return run(function* () {
      let start = 0;
      yield* scope(function* (work) {
        for (let index = 0; index < size; index++) yield* spawn(parked);
        while (started < size) yield* yieldNow();
        start = nanoseconds();
        work.cancel();
      });
      if (cleanedUp !== size) throw new Error('Not every task cleaned up');
      return nanoseconds() - start;
    }, options);
  });
}

/**
 * One operation: one of n suspended tasks is cancelled with all the others, runs its
 * `finally`, and ends. What was spawned for it is not in the figure.
 */
export const benchmark: Benchmark = {
  name: 'cancel',
  operation: 'cancel one of n suspended tasks of a scope; its `finally` runs',
  metrics: [nanosecondsPerOperation],
  cases: [tasks(1000), tasks(100_000)],
  // Only to spawn 100,000 takes effection 20 s.
  takesPart: (subject, size) => subject !== 'effection' || size === 1000,
  subjects: {
    heddle: (size, context) => heddle(size, context, recorded),
    'heddle-unrecorded': (size, context) => heddle(size, context, unrecorded),

    // One controller for each task: a shared signal looks through all of its listeners whenever one is added.
    await(size, context) {
      let cleanedUp = 0;
      async function parked(signal: AbortSignal) {
        try {
          await new Promise((_, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
        } finally {
          cleanedUp++;
        }
      }
      return context.batches(size, async () => {
        cleanedUp = 0;
        const controllers = Array.from({ length: size }, () => new AbortController());
        const all = Promise.allSettled(controllers.map((controller) => parked(controller.signal)));
        await undefined;
        const start = nanoseconds();
        const reason = new Error('cancelled');
        for (const controller of controllers) controller.abort(reason);
        await all;
        if (cleanedUp !== size) throw new Error('Not every task cleaned up');
        return nanoseconds() - start;
      });
    },

    async effect(size, context) {
      const { Effect, Fiber } = await import('effect');
      let started = 0;
      let cleanedUp = 0;
      const parked = Effect.gen(function* () {
        started++;
        yield* Effect.never;
      }).pipe(Effect.ensuring(Effect.sync(() => cleanedUp++)));
      const batch = Effect.gen(function* () {
        started = cleanedUp = 0;
        const parent = yield* Effect.forkChild(
          Effect.gen(function* () {
            for (let index = 0; index < size; index++) yield* Effect.forkChild(parked);
            yield* Effect.never;
          }),
        );
        while (started < size) yield* Effect.yieldNow;
        const start = nanoseconds();
        yield* Fiber.interrupt(parent);
        if (cleanedUp !== size) throw new Error('Not every task cleaned up');
        return nanoseconds() - start;
      });
      return context.batches(size, () => Effect.runPromise(batch));
    },

    async effection(size, context) {
      const effection = await import('effection');
      let cleanedUp = 0;
      function* parked() {
        try {
          yield* effection.suspend();
        } finally {
          cleanedUp++;
        }
      }
      return context.batches(size, () =>
        effection.run(function* () {
          cleanedUp = 0;
          const parent = yield* effection.spawn(function* () {
            for (let index = 0; index < size; index++) yield* effection.spawn(parked);
            yield* effection.suspend();
          });
          yield* effection.sleep(1);
          const start = nanoseconds();
          yield* parent.halt();
          if (cleanedUp !== size) throw new Error('Not every task cleaned up');
          return nanoseconds() - start;
        }),
      );
    },

    go: goPeer,
  },
};

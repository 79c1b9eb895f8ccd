import type { Effect as EffectType } from 'effect';
import type { Operation as EffectionOperation } from 'effection';
import { call, run, yieldNow, type Operation, type RunOptions } from 'heddle';
import { depth, type Benchmark } from './harness/benchmark.js';
import { goPeer } from './harness/go-program.js';
import type { Lap } from './harness/lap.js';
import { nanosecondsPerOperation } from './metric.js';
import * as generator from './peers/generator.js';
import { recorded, unrecorded } from './peers/heddle.js';

async function heddle(size: number, lap: Lap, options: RunOptions): Promise<number> {
  function* descend(left: number): Operation<void> {
    if (left > 1) yield* call(descend, left - 1);
    else while (lap.tick()) yield* yieldNow();
  }
  await run(() => descend(size), options);
  return lap.nanosecondsPerOperation;
}

/** One operation: a single task, suspended d calls deep, gives up the processor and is resumed at the bottom. */
export const benchmark: Benchmark = {
  name: 'depth',
  operation: 'one task suspends and resumes at the bottom of d nested calls',
  metrics: [nanosecondsPerOperation],
  cases: [depth(1), depth(10), depth(100), depth(1000), depth(10_000), depth(100_000), depth(1_000_000)],
  // The end of the native stack is a result of this benchmark, not an accident in it.
  limits: (complaint) => (/Maximum call stack|heap out of memory/.test(complaint) ? 'overflows' : undefined),
  subjects: {
    heddle: (size, context) => heddle(size, context.lap(1), recorded),
    // Plain recursion: the compiler links the segments.
    async 'heddle-compiled'(size, context) {
      const lap = context.lap(1);
      function* descend(left: number): Operation<void> {
        if (left > 1) yield* descend(left - 1);
        else while (lap.tick()) yield* yieldNow();
      }
      await run(() => descend(size));
      return lap.nanosecondsPerOperation;
    },
    'heddle-unrecorded': (size, context) => heddle(size, context.lap(1), unrecorded),

    generator(size, context) {
      const lap = context.lap(1);
      function* descend(left: number): generator.Body {
        if (left > 1) yield* descend(left - 1);
        else while (lap.tick()) yield generator.AGAIN;
      }
      generator.spawn(descend(size));
      generator.runAll();
      return lap.nanosecondsPerOperation;
    },

    async await(size, context) {
      const lap = context.lap(1);
      async function descend(left: number): Promise<void> {
        if (left > 1) await descend(left - 1);
        else while (lap.tick()) await undefined;
      }
      await descend(size);
      return lap.nanosecondsPerOperation;
    },

    async effect(size, context) {
      const { Effect } = await import('effect');
      const lap = context.lap(1);
      const descend = (left: number): EffectType.Effect<void> =>
        Effect.gen(function* () {
          if (left > 1) yield* descend(left - 1);
          else while (lap.tick()) yield* Effect.yieldNow;
        });
      await Effect.runPromise(descend(size));
      return lap.nanosecondsPerOperation;
    },

    async effection(size, context) {
      const effection = await import('effection');
      const { effectionYield } = await import('./peers/effection-yield.js');
      const lap = context.lap(1);
      function* descend(left: number): EffectionOperation<void> {
        if (left > 1) yield* descend(left - 1);
        else while (lap.tick()) yield* effectionYield();
      }
      await effection.run(() => descend(size));
      return lap.nanosecondsPerOperation;
    },

    go: goPeer,
  },
};

import { Effect } from 'effect';
import { run } from 'heddle';
import { fromEffect } from 'heddle/effect';
import type { Benchmark } from './harness/benchmark.js';
import { nanosecondsPerOperation } from './metric.js';

/** Made anew for each operation, by both subjects. */
const effects: readonly (() => Effect.Effect<number>)[] = [
  () => Effect.succeed(1),
  () => Effect.sync(() => 1),
  () =>
    Effect.map(
      Effect.sync(() => 1),
      (value) => value + 1,
    ),
  () =>
    Effect.gen(function* () {
      return (yield* Effect.succeed(1)) + (yield* Effect.succeed(2));
    }),
];

/** One operation: an Effect is made and run for its value, in straight-line code that is not Effect's. */
export const benchmark: Benchmark = {
  name: 'effects',
  operation: 'an Effect that is over at once is made, and run for its value by code outside of Effect',
  metrics: [nanosecondsPerOperation],
  cases: [
    { name: 'succeed', size: 0 },
    { name: 'sync', size: 1 },
    { name: 'map', size: 2 },
    { name: 'gen', size: 3 },
  ],
  subjects: {
    async heddle(size, context) {
      const lap = context.lap(1);
      const make = effects[size]!;
      await run(function* () {
        let sum = 0;
        while (lap.tick()) sum += yield* fromEffect(make());
        return sum;
      });
      return lap.nanosecondsPerOperation;
    },

    effect(size, context) {
      const lap = context.lap(1);
      const make = effects[size]!;
      let sum = 0;
      while (lap.tick()) sum += Effect.runSync(make());
      return sum > 0 ? lap.nanosecondsPerOperation : 0;
    },

    async await(size, context) {
      const lap = context.lap(1);
      const make = effects[size]!;
      let sum = 0;
      while (lap.tick()) sum += await Effect.runPromise(make());
      return sum > 0 ? lap.nanosecondsPerOperation : 0;
    },

    callback(size, context) {
      const lap = context.lap(1);
      const make = effects[size]!;
      let sum = 0;
      while (lap.tick())
        Effect.runCallback(make(), {
          onExit: (exit) => {
            if (exit._tag === 'Success') sum += exit.value;
          },
        });
      return sum > 0 ? lap.nanosecondsPerOperation : 0;
    },
  },
};

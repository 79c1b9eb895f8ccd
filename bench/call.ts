import type { Effect as EffectOf } from 'effect/Effect';
import { run, yieldNow, type Operation } from 'heddle';
import type { Benchmark, Subject } from './harness/benchmark.js';
import { goPeer } from './harness/go-program.js';
import { nanosecondsPerOperation } from './metric.js';
import * as generator from './peers/generator.js';

const calls = 1_000_000;

function* successor(n: number): Operation<number> {
  if (n < 0) yield* yieldNow();
  return n + 1;
}

function* fibonacci(n: number): Operation<number> {
  return n < 2 ? n : (yield* fibonacci(n - 1)) + (yield* fibonacci(n - 2));
}

function* manyCalls(): Operation<number> {
  let n = 0;
  while (n < calls) n = yield* successor(n);
  return n;
}

async function successorAsync(n: number): Promise<number> {
  if (n < 0) await undefined;
  return n + 1;
}

async function fibonacciAsync(n: number): Promise<number> {
  return n < 2 ? n : (await fibonacciAsync(n - 1)) + (await fibonacciAsync(n - 2));
}

async function manyCallsAsync(): Promise<number> {
  let n = 0;
  while (n < calls) n = await successorAsync(n);
  return n;
}

function* successorGenerator(n: number): generator.Body<number> {
  if (n < 0) yield generator.AGAIN;
  return n + 1;
}

function* fibonacciGenerator(n: number): generator.Body<number> {
  return n < 2 ? n : (yield* fibonacciGenerator(n - 1)) + (yield* fibonacciGenerator(n - 2));
}

function* manyCallsGenerator(): generator.Body {
  let n = 0;
  while (n < calls) n = yield* successorGenerator(n);
}

function* oneCallGenerator(size: number): generator.Body {
  yield* fibonacciGenerator(size);
}

/** How many calls `fibonacci(n)` makes. */
const callsOf = (n: number): number => (n < 2 ? 1 : 1 + callsOf(n - 1) + callsOf(n - 2));

/** `size` 0: one call after another; else the argument of Fibonacci. */
const heddle: Subject = (size, context) =>
  context.batches(size === 0 ? calls : callsOf(size), () =>
    timed(() => run(size === 0 ? manyCalls : () => fibonacci(size))),
  );

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) * 1e6;
}

/** One operation: a call of a function that could wait and does not. */
export const benchmark: Benchmark = {
  name: 'call',
  operation: 'a call, with `yield*` or `await`, of a function that does not wait',
  metrics: [nanosecondsPerOperation],
  cases: [
    { name: 'sequence', size: 0 },
    { name: 'fibonacci(24)', size: 24 },
  ],
  subjects: {
    heddle,
    'heddle-compiled': heddle,
    generator: (size, context) =>
      context.batches(size === 0 ? calls : callsOf(size), () =>
        timed(async () => {
          generator.spawn(size === 0 ? manyCallsGenerator() : oneCallGenerator(size));
          generator.runAll();
        }),
      ),
    await: (size, context) =>
      context.batches(size === 0 ? calls : callsOf(size), () =>
        timed(() => (size === 0 ? manyCallsAsync() : fibonacciAsync(size))),
      ),

    async effect(size, context) {
      const { Effect } = await import('effect');
      const successorEffect = (n: number): EffectOf<number> =>
        Effect.gen(function* () {
          if (n < 0) yield* Effect.yieldNow;
          return n + 1;
        });
      const fibonacciEffect = (n: number): EffectOf<number> =>
        Effect.gen(function* () {
          return n < 2 ? n : (yield* fibonacciEffect(n - 1)) + (yield* fibonacciEffect(n - 2));
        });
      const manyCallsEffect = Effect.gen(function* () {
        let n = 0;
        while (n < calls) n = yield* successorEffect(n);
        return n;
      });
      return context.batches(size === 0 ? calls : callsOf(size), () =>
        timed(() => Effect.runPromise(size === 0 ? manyCallsEffect : fibonacciEffect(size))),
      );
    },

    go: goPeer,
  },
};

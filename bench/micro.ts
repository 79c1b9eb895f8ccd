import MicroBenchmark from 'benchmark';
import { Deque } from '#src/base/deque.js';
import { Ewma } from '#src/base/ewma.js';
import { Histogram } from '#src/base/histogram.js';
import { Random } from '#src/base/random.js';
import { TimerHeap } from '#src/base/timer-heap.js';
import { Stride, StrideClient } from '#src/stride/stride.js';
import type { Benchmark, Case } from './harness/benchmark.js';
import { nanosecondsPerOperation } from './metric.js';

/** How often a function is called in one call that `benchmark` times: its own loop costs more than some of these functions. */
const repetitions = 1000;

const numbers = new Random(1);
const durations = Float64Array.from({ length: repetitions }, () => numbers.below(1_000_000));

class Sleeper {
  timerIndex = -1;
}

/** Each makes what it needs and returns `repetitions` calls of one function. */
const functions: Readonly<Record<string, () => () => void>> = {
  'Histogram.record': () => {
    const histogram = new Histogram();
    return () => {
      for (let index = 0; index < repetitions; index++) histogram.record(durations[index] as number);
    };
  },
  'Ewma.add': () => {
    const average = new Ewma();
    return () => {
      for (let index = 0; index < repetitions; index++) average.add(durations[index] as number);
    };
  },
  'Random.next': () => {
    const random = new Random(1);
    return () => {
      for (let index = 0; index < repetitions; index++) random.next();
    };
  },
  'Deque.pushBack+popFront': () => {
    const deque = new Deque<object>();
    for (let index = 0; index < 100; index++) deque.pushBack(durations);
    return () => {
      for (let index = 0; index < repetitions; index++) {
        deque.pushBack(durations);
        deque.popFront();
      }
    };
  },
  'TimerHeap.push+pop n=1000': () => timers(1000),
  'TimerHeap.push+pop n=100000': () => timers(100_000),
  'Stride.next+charge n=10': () => stride(10),
  'Stride.next+charge n=1000': () => stride(1000),
};

/** n timers stand in the heap; one that fires is set again to a random time. */
function timers(count: number): () => void {
  const heap = new TimerHeap<Sleeper>();
  for (let index = 0; index < count; index++) heap.push(new Sleeper(), numbers.below(1_000_000));
  let now = 1_000_000;
  return () => {
    for (let index = 0; index < repetitions; index++)
      heap.push(heap.pop() as Sleeper, now++ + (durations[index] as number));
  };
}

/** n clients with different tickets are always ready; each batch is charged with a few microseconds. */
function stride(count: number): () => void {
  const queue = new Stride();
  for (let index = 0; index < count; index++) queue.join(new StrideClient(1 + numbers.below(100)));
  return () => {
    for (let index = 0; index < repetitions; index++) queue.charge(queue.next() as StrideClient, 0.01);
  };
}

const cases = Object.keys(functions).map((name, size): Case => ({ name, size })) as [Case];

/**
 * Single functions of the hot path, by the package `benchmark`. It has no control of garbage collection and is no longer maintained; for
 * functions that allocate nothing that does no harm.
 */
export const benchmark: Benchmark = {
  name: 'micro',
  operation: 'one call of a function',
  metrics: [nanosecondsPerOperation],
  cases,
  subjects: {
    heddle(index, { quick }) {
      const run = Object.values(functions)[index]?.();
      if (run === undefined) throw new Error(`There is no function ${index}`);
      const trial = new MicroBenchmark(run, { maxTime: quick ? 0.25 : 2, minSamples: 5 }).run();
      if (trial.error !== undefined) throw trial.error;
      return (trial.stats.mean * 1e9) / repetitions;
    },
  },
};

import MicroBenchmark from 'benchmark';
import { Random } from '#src/base/random.js';
import type { Benchmark, Case, Subject } from './harness/benchmark.js';
import { nanosecondsPerOperation } from './metric.js';
import { builtIn } from './micro/built-in.js';
import { heddle } from './micro/heddle.js';
import { packages } from './micro/packages.js';
import type { Parts } from './micro/parts.js';
import { textbook } from './micro/textbook.js';

/** How often a function is called in one call that `benchmark` times: its own loop costs more than some of these functions. */
const repetitions = 1000;

/** The same for all subjects. */
const numbers = new Random(1);
const durations = Float64Array.from({ length: repetitions }, () => numbers.below(1_000_000) + 1);

function forDurations(f: (duration: number) => void): () => void {
  return () => {
    for (let index = 0; index < repetitions; index++) f(durations[index] as number);
  };
}

/** Each makes what it needs and returns `repetitions` calls of one function, which bear its name in heddle. */
const functions: Readonly<Record<string, (parts: Parts) => () => void>> = {
  'Histogram.record': (parts) => forDurations(parts.histogram()),
  'Ewma.add': (parts) => forDurations(parts.mean()),
  'Random.next': (parts) => {
    const next = parts.random();
    const sum = new Float64Array(1);
    // Or else the compiler leaves out what is made of its state.
    return forDurations(() => (sum[0]! += next()));
  },
  'Deque.pushBack+popFront': (parts) => queue(parts, 100),
  'Deque.pushBack+popFront n=100000': (parts) => queue(parts, 100_000),
  'Timers.pop+set n=1000': (parts) => timers(parts, 1000),
  'Timers.pop+set n=100000': (parts) => timers(parts, 100_000),
  'Stride.next+charge n=10': (parts) => shares(parts, 10),
  'Stride.next+charge n=1000': (parts) => shares(parts, 1000),
};

/** n objects stand in the queue; one comes and one goes. */
function queue(parts: Parts, count: number): () => void {
  const { push, shift } = parts.queue();
  for (let index = 0; index < count; index++) push(durations);
  return forDurations(() => {
    push(durations);
    shift();
  });
}

/**
 * n timers are set; one that is due is set again, for a random time of up to a second from then on: the clock moves as the
 * timers do. Times are whole milliseconds, as those that Node's timers go by.
 */
function timers(parts: Parts, count: number): () => void {
  const { add, again } = parts.timers();
  for (let index = 0; index < count; index++) add(1 + numbers.below(1000));
  return forDurations((duration) => again(1 + (duration % 1000)));
}

/** n clients with different tickets are always ready. */
function shares(parts: Parts, count: number): () => void {
  return forDurations(parts.shares(Array.from({ length: count }, () => 1 + numbers.below(100))));
}

const measured =
  (parts: Parts): Subject =>
  (index, { quick }) => {
    const run = Object.values(functions)[index]?.(parts);
    if (run === undefined) throw new Error(`There is no function ${index}`);
    const trial = new MicroBenchmark(run, { maxTime: quick ? 0.25 : 2, minSamples: 5 }).run();
    if (trial.error !== undefined) throw trial.error;
    return (trial.stats.mean * 1e9) / repetitions;
  };

/**
 * Single functions of the hot path, by the package `benchmark`. It has no control of garbage collection and is no longer
 * maintained; for functions that allocate nothing, as heddle's, that does no harm.
 */
export const benchmark: Benchmark = {
  name: 'micro',
  operation:
    'one call of a function of heddle, and what does the same in Node itself, in a package, and in some ten lines',
  metrics: [nanosecondsPerOperation],
  cases: Object.keys(functions).map((name, size): Case => ({ name, size })) as [Case],
  subjects: {
    heddle: measured(heddle),
    'built-in': measured(builtIn),
    package: measured(packages),
    textbook: measured(textbook),
  },
};

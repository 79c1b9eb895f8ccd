import { tasks, type Benchmark } from './harness/benchmark.js';
import { threadLimit } from './harness/c-program.js';
import { readsPerSecond } from './metric.js';
import { blockReads } from './peers/block-reads.js';

/**
 * The figure of Capriccio's paper (section 5.1.3) in which nothing misses the kernel's cache: what remains is the cost of
 * asking, which made Capriccio half as fast as kernel threads. The same subjects as `disk`.
 */
export const benchmark: Benchmark = {
  name: 'disk-cached',
  operation: 'one of n tasks reads 4 KB at a random place of a file of 256 MB that is in the cache',
  metrics: [readsPerSecond],
  cases: [tasks(1), tasks(10, { quick: false }), tasks(100), tasks(1000, { quick: false }), tasks(10_000)],
  takesPart: (subject, size) => subject !== 'worker_threads' || size <= 10,
  limits: threadLimit,
  subjects: blockReads(true),
};

import { tasks, type Benchmark } from './harness/benchmark.js';
import { threadLimit } from './harness/c-program.js';
import { noDirect } from './harness/large-file.js';
import { readsPerSecond } from './metric.js';
import { blockReads } from './peers/block-reads.js';

/**
 * The figure of Capriccio's paper (section 5.1.3): random reads of 4 KB past the kernel's cache (`O_DIRECT`), there of a file
 * of 1 GB, here of 256 MB. What more tasks bring is the disk's doing. Node reads in four threads, whatever asks it to
 * (`UV_THREADPOOL_SIZE`).
 */
export const benchmark: Benchmark = {
  name: 'disk',
  operation: 'one of n tasks reads 4 KB at a random place of a file of 256 MB, from the disk',
  metrics: [readsPerSecond],
  cases: [tasks(1), tasks(10, { quick: false }), tasks(100), tasks(1000, { quick: false }), tasks(10_000)],
  takesPart: (subject, size) => subject !== 'worker_threads' || size <= 10,
  limits: (complaint) => (complaint.includes(noDirect) ? 'no O_DIRECT' : threadLimit(complaint)),
  subjects: blockReads(false),
};

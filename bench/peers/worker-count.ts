import { once } from 'node:events';
import { setTimeout as elapse } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { Context } from '../harness/context.js';

/** Shared memory in which workers count their operations, with `Atomics.add`. */
export type Count = Int32Array;

/**
 * Runs a worker of `module` for each of `data`, which gets `count` in addition, and answers how many operations they count in a
 * second between them. The main thread only sleeps and reads the count. The workers use all processors: that is what they are
 * for.
 */
export async function countedPerSecond(module: URL, data: readonly object[], context: Context): Promise<number> {
  const count: Count = new Int32Array(new SharedArrayBuffer(4));
  const workers = data.map((own) => new Worker(module, { workerData: { ...own, count } }));
  const failed = Promise.race(workers.map((worker) => once(worker, 'error'))).then(([error]) => Promise.reject(error));
  // They are on line before they do anything.
  await Promise.race([failed, Promise.all(workers.map((worker) => once(worker, 'online')))]);
  while (Atomics.load(count, 0) === 0) await Promise.race([failed, elapse(1)]);
  await Promise.race([failed, elapse(context.warmUp)]);
  const start = performance.now();
  const before = Atomics.load(count, 0);
  await Promise.race([failed, elapse(context.duration)]);
  const operations = Atomics.load(count, 0) - before;
  const seconds = (performance.now() - start) / 1000;
  await Promise.all(workers.map((worker) => worker.terminate()));
  return operations / seconds;
}

import { openSync, readSync } from 'node:fs';
import { isMainThread, workerData } from 'node:worker_threads';
import { alignedBlocks } from '../harness/aligned-blocks.js';
import { blockBytes } from '../harness/large-file.js';
import { series } from '../harness/xorshift32.js';
import type { Count } from './worker-count.js';

/** What a worker is given that reads random blocks and waits for each. */
export interface ReadsRole {
  readonly path: string;
  readonly flags: number;
  readonly blocks: number;
  /** Which of the series of pseudo-random numbers is its own. */
  readonly number: number;
}

/** Until it is terminated. */
function work({ path, flags, blocks, number, count }: ReadsRole & { readonly count: Count }): never {
  const [buffer] = alignedBlocks(1);
  const file = openSync(path, flags);
  const next = series(number);
  for (;;) {
    readSync(file, buffer!, 0, blockBytes, (next() % blocks) * blockBytes);
    Atomics.add(count, 0, 1);
  }
}

if (!isMainThread) work(workerData as ReadsRole & { readonly count: Count });

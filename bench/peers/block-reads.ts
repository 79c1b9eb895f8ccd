import { open as openPromised } from 'node:fs/promises';
import { run, spawn, type RunOptions } from 'heddle';
import { open, type File } from 'heddle/fs';
import { alignedBlocks } from '../harness/aligned-blocks.js';
import type { Benchmark, Measured, Subject } from '../harness/benchmark.js';
import { pthreadsPeer } from '../harness/c-program.js';
import type { Context } from '../harness/context.js';
import { goPeerOnAllProcessors } from '../harness/go-program.js';
import { blockBytes, withLargeFile, type LargeFile } from '../harness/large-file.js';
import { series } from '../harness/xorshift32.js';
import { recorded, unrecorded } from './heddle.js';
import type { ReadsRole } from './worker-reads.js';
import { countedPerSecond } from './worker-count.js';

type Reads = (file: LargeFile, size: number, context: Context) => Promise<Measured>;

/** n tasks read random blocks of a large file, each into memory of its own; `cached` says from where. */
export function blockReads(cached: boolean): Benchmark['subjects'] {
  const of =
    (reads: Reads): Subject =>
    (size, context) =>
      withLargeFile(cached, (file) => reads(file, size, context));
  return {
    heddle: of(heddle(recorded)),
    'heddle-compiled': of(heddle(recorded)),
    'heddle-unrecorded': of(heddle(unrecorded)),
    await: of(awaiting),
    effect: of(effect),
    worker_threads: of(workers),
    go: of((file, size, context) => goPeerOnAllProcessors(size, context, file.path)),
    pthreads: of((file, size, context) => pthreadsPeer(size, context, file.path)),
  };
}

const heddle =
  (options: RunOptions): Reads =>
  async ({ path, flags, blocks }, size, context) => {
    const lap = context.lap(2 * size);
    const next = series();
    function* read(file: File, buffer: Uint8Array) {
      while (lap.tick()) yield* file.readInto(buffer, (next() % blocks) * blockBytes);
    }
    await run(function* () {
      const file = yield* open(path, flags);
      const fibers = [];
      for (const buffer of alignedBlocks(size)) fibers.push(yield* spawn(read, file, buffer));
      for (const fiber of fibers) yield* fiber.join();
    }, options);
    return lap.operationsPerSecond;
  };

const awaiting: Reads = async ({ path, flags, blocks }, size, context) => {
  const lap = context.lap(2 * size);
  const next = series();
  const file = await openPromised(path, flags);
  async function read(buffer: Uint8Array) {
    while (lap.tick()) await file.read(buffer, 0, blockBytes, (next() % blocks) * blockBytes);
  }
  await Promise.all(alignedBlocks(size).map(read));
  await file.close();
  return lap.operationsPerSecond;
};

/** Over the same handle: the package that has Effect's own file system is not among heddle's peers. */
const effect: Reads = async ({ path, flags, blocks }, size, context) => {
  const { Effect, Fiber } = await import('effect');
  const lap = context.lap(2 * size);
  const next = series();
  const file = await openPromised(path, flags);
  const read = (buffer: Uint8Array) =>
    Effect.gen(function* () {
      while (lap.tick()) yield* Effect.promise(() => file.read(buffer, 0, blockBytes, (next() % blocks) * blockBytes));
    });
  await Effect.runPromise(
    Effect.gen(function* () {
      const running = [];
      for (const buffer of alignedBlocks(size)) running.push(yield* Effect.forkChild(read(buffer)));
      yield* Fiber.joinAll(running);
    }),
  );
  await file.close();
  return lap.operationsPerSecond;
};

const workers: Reads = ({ path, flags, blocks }, size, context) => {
  const roles = Array.from({ length: size }, (_, number): ReadsRole => ({
    path,
    flags,
    blocks,
    number,
  }));
  return countedPerSecond(new URL('worker-reads.js', import.meta.url), roles, context);
};

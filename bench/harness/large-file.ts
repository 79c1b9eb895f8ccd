import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runDirectory } from './run-directory.js';

/** What is read at once, and what `O_DIRECT` wants positions and memory to be a multiple of. */
export const blockBytes = 4096;

const fileBytes = 256 * 2 ** 20;
const chunk = Buffer.allocUnsafe(2 ** 20);

/** A file to read random blocks of. */
export interface LargeFile {
  readonly path: string;
  /** To open it with. */
  readonly flags: number;
  readonly blocks: number;
}

/**
 * Gives `use` a file of 256 MB without holes. The measuring processes of one run
 * share it; one that was started by hand makes its own.
 *
 * @param cached whether its blocks come from the kernel's memory, where all of them are then, or from the disk, past that memory.
 * @throws if the latter cannot be had: figures of the cache must not stand under the name of the disk.
 */
export async function withLargeFile<T>(cached: boolean, use: (file: LargeFile) => T | Promise<T>): Promise<T> {
  const shared = runDirectory();
  const path = join(shared ?? tmpdir(), shared === undefined ? `heddle-bench-${process.pid}.blocks` : 'blocks');
  try {
    if (!existsSync(path)) write(path);
    if (cached) readThrough(path);
    const flags = constants.O_RDONLY | (cached ? 0 : direct(path));
    return await use({ path, flags, blocks: statSync(path).size / blockBytes });
  } finally {
    if (shared === undefined) rmSync(path, { force: true });
  }
}

/** Under another name until it is complete: a process that is killed half-way leaves no short file to the next one. */
function write(path: string): void {
  const file = openSync(`${path}.part`, 'w');
  for (let written = 0; written < fileBytes;) written += writeSync(file, randomFillSync(chunk));
  fsyncSync(file);
  closeSync(file);
  renameSync(`${path}.part`, path);
}

function readThrough(path: string): void {
  const file = openSync(path, 'r');
  while (readSync(file, chunk, 0, chunk.length, null) > 0);
  closeSync(file);
}

/** The flag that goes past the cache, if the system and the file system have it. */
function direct(path: string): number {
  const flag = constants.O_DIRECT as number | undefined;
  if (flag === undefined) throw new Error(noDirect);
  try {
    closeSync(openSync(path, constants.O_RDONLY | flag));
  } catch (cause) {
    throw new Error(noDirect, { cause });
  }
  return flag;
}

export const noDirect = 'Files in the temporary directory cannot be read past the cache (O_DIRECT)';

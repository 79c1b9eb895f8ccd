import { constants } from 'node:buffer';
import type { PathLike } from 'node:fs';
import { checkEncoding } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import { collect, tooLarge } from '../collect.js';
import { limitOf } from '../limit-of.js';
import type { File } from './file.js';
import { open } from './open.js';

/**
 * Reads a whole file.
 *
 * @param options.limit the most bytes that it may have; what a Buffer can hold unless given.
 * @throws `IoError`; `TooLargeError` before reading more than `limit`.
 * Suspends: always. If cancelled: throws after the piece of at most 1 MiB that is being read; the file is closed.
 */
export function* readFile(path: PathLike, options: { readonly limit?: number } = {}): Operation<Buffer> {
  const limit = limitOf(options, constants.MAX_LENGTH);
  const file = yield* open(path);
  try {
    const { size } = yield* file.stat();
    if (size > limit) throw tooLarge(String(file.path), limit);
    // What has no size of its own says 0: /proc, devices, and empty files.
    return size > 0 ? yield* readKnown(file, size) : yield* collect(file, limit, String(file.path));
  } finally {
    yield* file.close();
  }
}

/** As `readFile`, as text. */
export function* readText(
  path: PathLike,
  encoding: BufferEncoding = 'utf8',
  options: { readonly limit?: number } = {},
): Operation<string> {
  checkEncoding(encoding);
  return (yield* readFile(path, options)).toString(encoding);
}

/** A file that grows meanwhile is read as far as it was. */
function* readKnown(file: File, size: number): Operation<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(size);
  let length = 0;
  while (length < size) {
    const count = yield* file.readInto(buffer.subarray(length, length + PIECE));
    if (count === 0) break;
    length += count;
  }
  return buffer.subarray(0, length);
}

/** Large enough that the trips to the thread pool do not count, small enough to be stopped between two. */
const PIECE = 1024 * 1024;

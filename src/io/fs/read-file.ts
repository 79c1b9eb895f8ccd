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
 * @throws `IoError`, `OverloadError` as `open`; `TooLargeError` if it has more than `limit` bytes.
 * Suspends: always. If cancelled: throws after the piece of at most 1 MiB that is being read; the file is closed.
 */
export function* readFile(path: PathLike, options: { readonly limit?: number } = {}): Operation<Buffer> {
  const limit = limitOf('readFile', options, constants.MAX_LENGTH);
  const file = yield* open(path);
  try {
    const { size } = yield* file.stat();
    if (size > limit) throw tooLarge(file.path, limit);
    // Files in /proc, devices and empty files have size 0.
    return size > 0 ? yield* readKnown(file, size) : yield* collect(file, limit, file.path);
  } finally {
    yield* file.close();
  }
}

/** As `readFile`, but returns text. */
export function* readText(
  path: PathLike,
  encoding: BufferEncoding = 'utf8',
  options: { readonly limit?: number } = {},
): Operation<string> {
  checkEncoding(encoding);
  return (yield* readFile(path, options)).toString(encoding);
}

/** Reads the `size` bytes that the file had, fewer if it has shrunk; what it gains meanwhile is left out. */
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

/** Large enough to make the trips to the thread pool negligible, small enough for a cancellation to come soon. */
const PIECE = 1024 * 1024;

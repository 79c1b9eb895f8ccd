import type { PathLike } from 'node:fs';
import { checkFunction, checkInteger } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { eachOf, type Body } from '../each-of.js';
import { File } from './file.js';
import { open } from './open.js';

export interface ChunkOptions {
  /** The most bytes to a chunk; 65,536 unless given. */
  readonly chunk?: number;
  /** Where to begin, in bytes from the beginning of the file. */
  readonly start?: number;
  /** Where to stop: the first byte that is not read. */
  readonly end?: number;
}

/**
 * Runs `body` for each chunk of a file, one after another, with one chunk in memory at a time.
 *
 * @param source a path, opened and closed here, or an open file, left open. Without `start` and `end` an open file is
 * read on from its position; with one of them its position is neither used nor moved.
 * @throws `IoError`, `OverloadError` as `open`; what `body` throws.
 * Suspends: always. If cancelled: throws.
 *
 * @example
 * yield* forEachChunk('big.iso', (chunk) => connection.write(chunk));
 */
export function* forEachChunk(
  source: PathLike | File,
  body: Body<Buffer>,
  options: ChunkOptions = {},
): Operation<void> {
  checkKnown('forEachChunk', options, { chunk: true, start: true, end: true });
  const { chunk = 64 * 1024, start = 0, end = Infinity } = options;
  checkFunction('body', body);
  checkInteger('chunk', chunk, 1);
  checkInteger('start', start, 0);
  checkInteger('end', end, start, Infinity);
  if (source instanceof File) {
    const whole = options.start === undefined && options.end === undefined;
    return yield* whole ? readOn(source, body, chunk) : readRange(source, body, chunk, start, end);
  }
  const file = yield* open(source);
  try {
    // Sequential reads also work where there are no positions, such as on a FIFO.
    yield* start === 0 && end === Infinity ? readOn(file, body, chunk) : readRange(file, body, chunk, start, end);
  } finally {
    yield* file.close();
  }
}

function readOn(file: File, body: Body<Buffer>, size: number): Operation<void> {
  return eachOf({ read: () => file.read(size) }, body);
}

function readRange(file: File, body: Body<Buffer>, size: number, start: number, end: number): Operation<void> {
  let position = start;
  function* read(): Operation<Buffer | null> {
    if (position >= end) return null;
    const chunk = yield* file.readAt(position, Math.min(size, end - position));
    position += chunk?.length ?? 0;
    return chunk;
  }
  return eachOf({ read }, body);
}

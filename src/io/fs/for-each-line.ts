import type { PathLike } from 'node:fs';
import { checkFunction } from '../../base/check.js';
import type { Operation } from '../../fibers/operation.js';
import type { Body } from '../each-of.js';
import { eachLine, lineSplitter, type LineOptions } from '../streams/for-each-line.js';
import type { File } from './file.js';
import { forEachChunk } from './for-each-chunk.js';

/**
 * Runs `body` for each line of a file, one after another, with one chunk in memory at a time. Lines end with LF or CR
 * LF, which are not part of them. An open file is read on from its position and left open.
 *
 * @throws `IoError`, `OverloadError` as `open`; `TooLargeError` at a line over the limit; what `body` throws.
 * Suspends: always. If cancelled: throws.
 */
export function* forEachLine(source: PathLike | File, body: Body<string>, options: LineOptions = {}): Operation<void> {
  checkFunction('body', body);
  const lines = lineSplitter(options);
  yield* forEachChunk(source, (chunk) => {
    lines.feed(chunk);
    return eachLine(lines, body);
  });
  lines.end();
  yield* eachLine(lines, body);
}

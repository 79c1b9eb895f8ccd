import type { Readable } from 'node:stream';
import { readerOf } from './reader-of.js';
import { checkEncoding, checkFunction, expected } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { checkDropped } from '../../fibers/never-run.js';
import type { Operation } from '../../fibers/operation.js';
import { eachOf, type Body } from '../each-of.js';
import { LineSplitter } from './line-splitter.js';
import { toBytes } from '../collect.js';
import { limitOf } from '../limit-of.js';
import type { Reader } from './reader.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';
import type { WebStream } from './web-stream.js';

export interface LineOptions {
  /** The most bytes to a line; 1 MiB unless given. */
  readonly limit?: number;
  /** How bytes become text; `utf8` unless given. Not `utf16le`: lines are found by the byte 10. */
  readonly encoding?: BufferEncoding;
}

/**
 * Runs `body` for each line of a stream, one after another. Lines end with LF or CR LF, which are not part of them. A
 * stream is taken over, as by `readAll`; a reader is left open.
 *
 * @throws as `Reader.read`; `TooLargeError` at a line over the limit; what `body` throws.
 * Suspends: as reading does. If cancelled: throws; what was read is lost.
 *
 * @example
 * yield* forEachLine(process.stdin, function* (line) {
 *   yield* jobs.send(JSON.parse(line));
 * });
 */
export function* forEachLine(
  source: Readable | WebStream<Uint8Array> | Reader<Uint8Array | string>,
  body: Body<string>,
  options: LineOptions = {},
): Operation<void> {
  checkFunction('body', body);
  const lines = lineSplitter(options);
  const input = readerOf<Uint8Array | string>(source);
  try {
    yield* eachOf(input, (chunk) => {
      lines.feed(toBytes(chunk));
      return eachLine(lines, body);
    });
    lines.end();
    yield* eachLine(lines, body);
  } finally {
    if (input !== source) input.close();
  }
}

/** Runs `body` for each line that is complete. */
export function* eachLine(lines: LineSplitter, body: Body<string>): Operation<void> {
  for (let line = lines.next(); line !== null; line = lines.next()) {
    const work = body(line);
    if (work !== undefined) checkDropped(yield* inSegment(checkOperation(work, body)), body);
  }
}

export function lineSplitter(options: LineOptions): LineSplitter {
  checkKnown('forEachLine', options, { limit: true, encoding: true });
  const { encoding = 'utf8', ...rest } = options;
  const limit = limitOf('forEachLine', rest, 1024 * 1024, 1);
  checkEncoding(encoding);
  if (Buffer.from('\n', encoding).length > 1)
    throw expected('encoding', 'one whose line feed is a byte (decode this one with a `TextDecoderStream`)', encoding);
  return new LineSplitter(limit, encoding);
}

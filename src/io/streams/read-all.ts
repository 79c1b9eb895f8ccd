import { constants } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { checkInteger, checkOptions, expected } from '../../base/check.js';
import { TooLargeError } from '../../base/errors.js';
import type { Operation } from '../../fibers/operation.js';
import type { Reader } from './reader.js';
import { readerOf } from './reader-of.js';

/**
 * Reads a stream of bytes or text to its end. It takes a stream over: if it fails or is cancelled, the stream is
 * destroyed. A reader, such as the `stdout` of a process, is left as it is.
 *
 * @param options.limit the most bytes to take; what a Buffer can hold unless given.
 * @throws as `Reader.read`; `TooLargeError` when more than `limit` bytes have come.
 * Suspends: as reading does. If cancelled: throws; what was read is lost.
 */
export function* readAll(
  stream: Readable | ReadableStream<Uint8Array> | Reader<Uint8Array | string>,
  options: { readonly limit?: number } = {},
): Operation<Buffer> {
  checkOptions(options);
  const { limit = constants.MAX_LENGTH } = options;
  checkInteger('limit', limit, 0, Infinity);
  const source = readerOf<Uint8Array | string>(stream);
  try {
    return yield* collect(source, limit, 'the stream');
  } finally {
    if (source !== stream) source.close();
  }
}

/** Reads to the end. `what` is what errors call it. */
export function* collect(source: Reader<unknown>, limit: number, what: string): Operation<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let chunk = yield* source.read(); chunk !== null; chunk = yield* source.read()) {
    const bytes = toBytes(chunk);
    length += bytes.length;
    if (length > limit) throw new TooLargeError(`${what} has more than ${limit} bytes`);
    chunks.push(bytes);
  }
  return Buffer.concat(chunks, length);
}

/** The bytes of a chunk of a stream of bytes or of text. */
export function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw expected('stream', 'a stream of bytes or text, not of objects', chunk);
}

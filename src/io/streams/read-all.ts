import { constants } from 'node:buffer';
import type { Readable } from 'node:stream';
import { ReadableStream } from 'node:stream/web';
import type { Operation } from '../../fibers/operation.js';
import { collect } from '../collect.js';
import { limitOf } from '../limit-of.js';
import { reader } from './stream-reader.js';
import { fromWeb } from './web-reader.js';

/**
 * Reads a stream of bytes or text to its end. It takes the stream over: if it fails or is cancelled, the stream is
 * destroyed.
 *
 * @param options.limit the most bytes to take; what a Buffer can hold unless given.
 * @throws as `Reader.read`; `TooLargeError` when more than `limit` bytes have come.
 * Suspends: as reading does. If cancelled: throws; what was read is lost.
 */
export function* readAll(
  stream: Readable | ReadableStream<Uint8Array>,
  options: { readonly limit?: number } = {},
): Operation<Buffer> {
  const limit = limitOf(options, constants.MAX_LENGTH);
  const own = { own: true };
  const source = stream instanceof ReadableStream ? fromWeb(stream, own) : reader<Uint8Array | string>(stream, own);
  try {
    return yield* collect(source, limit, 'The stream');
  } finally {
    source.close();
  }
}

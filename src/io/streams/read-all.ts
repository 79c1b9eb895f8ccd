import { constants } from 'node:buffer';
import type { Readable } from 'node:stream';
import type { Operation } from '../../fibers/operation.js';
import { collect } from '../collect.js';
import { limitOf } from '../limit-of.js';
import type { Reader } from './reader.js';
import { readerOf } from './reader-of.js';
import type { WebStream } from './web-stream.js';

/**
 * Reads a stream of bytes or text to its end. A stream is taken over: if this fails or is cancelled, the stream is
 * destroyed. A reader, such as the `stdout` of a process, is left open.
 *
 * @param options.limit the most bytes to take; what a Buffer can hold unless given.
 * @throws as `Reader.read`; `TooLargeError` when more than `limit` bytes have arrived.
 * Suspends: as reading does. If cancelled: throws; what was read is lost.
 */
export function* readAll(
  stream: Readable | WebStream<Uint8Array> | Reader<Uint8Array | string>,
  options: { readonly limit?: number } = {},
): Operation<Buffer> {
  const limit = limitOf('readAll', options, constants.MAX_LENGTH);
  const source = readerOf<Uint8Array | string>(stream);
  try {
    return yield* collect(source, limit, 'The stream');
  } finally {
    if (source !== stream) source.close();
  }
}

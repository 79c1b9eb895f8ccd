import { types } from 'node:util';
import { expected } from '../base/check.js';
import { TooLargeError } from '../base/errors.js';
import type { Operation } from '../fibers/operation.js';

/** As `collectChunks`, but returns everything in one buffer. */
export function* collect(source: ChunkSource, limit: number, what: string): Operation<Buffer> {
  const chunks: Uint8Array[] = [];
  yield* collectChunks(source, limit, what, chunks);
  return Buffer.concat(chunks);
}

/**
 * Reads bytes or text to the end and appends them to `chunks`, which holds all that was taken even if this throws.
 *
 * @param limit the most bytes to accept.
 * @param what names the source in errors.
 * @throws `TooLargeError` when more than `limit` bytes have arrived.
 */
export function* collectChunks(
  source: ChunkSource,
  limit: number,
  what: string,
  chunks: Uint8Array[],
): Operation<void> {
  let length = 0;
  for (let chunk = yield* source.read(); chunk !== null; chunk = yield* source.read()) {
    const bytes = toBytes(chunk);
    chunks.push(bytes);
    length += bytes.length;
    if (length > limit) throw tooLarge(what, limit);
  }
}

interface ChunkSource {
  /** Null at the end. */
  read(): Operation<unknown>;
}

export function tooLarge(what: string, limit: number): TooLargeError {
  return new TooLargeError(`${what} has more than ${limit} bytes`);
}

/** A chunk of bytes or text as bytes. Throws `ArgumentError` for anything else. */
export function toBytes(chunk: unknown): Uint8Array {
  if (types.isUint8Array(chunk)) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw expected('stream', 'a stream of bytes or text, not of objects', chunk);
}

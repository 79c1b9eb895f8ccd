import { expected } from '../base/check.js';
import { TooLargeError } from '../base/errors.js';
import type { Operation } from '../fibers/operation.js';

/** Reads bytes or text to the end. As `collectChunks`, in one piece. */
export function* collect(source: ChunkSource, limit: number, what: string): Operation<Buffer> {
  const chunks: Uint8Array[] = [];
  yield* collectChunks(source, limit, what, chunks);
  return Buffer.concat(chunks);
}

/**
 * Reads bytes or text to the end, into `chunks`, where all is that was taken.
 *
 * @param limit the most bytes to take.
 * @param what is how errors call it.
 * @throws `TooLargeError` when more than `limit` bytes have come.
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

/** The bytes of a chunk of a stream of bytes or of text. */
export function toBytes(chunk: unknown): Uint8Array {
  if (chunk instanceof Uint8Array) return chunk;
  if (typeof chunk === 'string') return Buffer.from(chunk);
  throw expected('stream', 'a stream of bytes or text, not of objects', chunk);
}

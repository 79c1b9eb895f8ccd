import { expected } from '../../base/check.js';

/** Streams take `null` for their end, and nothing at all for a mistake. */
export function checkChunk(chunk: unknown): void {
  if (chunk === null || chunk === undefined) throw expected('chunk', 'a chunk (return to end the stream)', chunk);
}

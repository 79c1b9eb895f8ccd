import { expected } from '../../base/check.js';

/** A stream would take `null` for its end; `undefined` is a mistake. */
export function checkChunk(chunk: unknown): void {
  if (chunk === null || chunk === undefined) throw expected('chunk', 'a chunk (return to end the stream)', chunk);
}

import { Readable, type ReadableOptions } from 'node:stream';
import { checkFunction, expected } from '../../base/check.js';
import { CancelledError } from '../../base/errors.js';
import { checkKnown } from '../../base/known-options.js';
import { isInstance } from '../../base/is-instance.js';
import { textOf } from '../../base/text-of.js';
import { currentFiber } from '../../fibers/current.js';
import { Feed, type Producer } from '../../fibers/feed.js';
import { checkChunk } from './check-chunk.js';

/**
 * Makes a Node stream that a fiber of the current scope feeds. A plain call, inside a fiber.
 *
 * The fiber is cancelled when the stream is destroyed. If the fiber fails, the stream is destroyed with its error if it
 * has an `'error'` listener; otherwise the scope fails. If the fiber is cancelled, the stream is closed before its end.
 * The scope waits for the fiber, so a stream that nobody reads has to be destroyed.
 *
 * @param options.objectMode whether chunks may be any value, not only bytes and text; false unless given.
 * @param options.highWaterMark how much is buffered ahead of the consumer, in bytes or objects; Node's default unless
 * given.
 *
 * @example
 * const numbers = toReadable<string>(function* (push) {
 *   for (let i = 0; i < 1000; i++) yield* push(`${i}\n`);
 * });
 */
export function toReadable<T = string | Uint8Array>(
  producer: Producer<T>,
  options: { readonly objectMode?: boolean; readonly highWaterMark?: number } = {},
): Readable {
  checkFunction('producer', producer);
  checkKnown('toReadable', options, { objectMode: true, highWaterMark: true });
  const readableOptions: ReadableOptions = {
    ...options,
    read: () => feed.demand(),
    destroy(error, callback) {
      feed.stop();
      callback(error);
    },
  };
  const readable = new Readable(readableOptions);
  const feed = new Feed<T>(currentFiber('toReadable').scope, producer, {
    check: options.objectMode === true ? checkChunk : checkBytes,
    push: (chunk) => readable.push(chunk),
    end: () => void readable.push(null),
    fail(error) {
      // Without a listener Node would end the process; and a cancellation is no failure.
      const seen = !isInstance(error, CancelledError) && readable.listenerCount('error') > 0;
      readable.destroy(seen ? asError(error) : undefined);
      return seen;
    },
  });
  return readable;
}

/** For such a chunk Node would destroy the stream with an error, which ends the process if nobody listens. */
function checkBytes(chunk: unknown): void {
  checkChunk(chunk);
  if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk))
    throw expected('chunk', 'a text or bytes (or give `objectMode`)', chunk);
}

/** A stream can fail only with an `Error`. */
function asError(thrown: unknown): Error {
  return isInstance(thrown, Error) ? thrown : new Error(textOf(thrown), { cause: thrown });
}

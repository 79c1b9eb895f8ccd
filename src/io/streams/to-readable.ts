import { Readable, type ReadableOptions } from 'node:stream';
import { checkFunction, checkOptions, expected } from '../../base/check.js';
import { CancelledError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { textOf } from '../../base/text-of.js';
import { currentFiber } from '../../fibers/current.js';
import { Feed, type Producer } from '../../fibers/feed.js';
import { checkChunk } from './check-chunk.js';

/**
 * Makes a Node stream that a fiber of the current scope feeds.
 *
 * The fiber is cancelled when the stream is destroyed. When the fiber fails, the stream is destroyed with its error if
 * somebody listens for one, otherwise the failure is the scope's; when it is cancelled, the stream is closed before
 * its end. The scope does not end before the fiber, so a stream that nobody reads has to be destroyed.
 *
 * @param options.objectMode whether chunks are anything rather than bytes and text; false unless given.
 * @param options.highWaterMark how much is made ahead, in bytes or objects; Node's default unless given.
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
  checkOptions(options);
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
      // Node ends the process when a stream fails that nobody listens to, and a cancellation is no failure.
      const seen = !isInstance(error, CancelledError) && readable.listenerCount('error') > 0;
      readable.destroy(seen ? asError(error) : undefined);
      return seen;
    },
  });
  return readable;
}

/** Node would destroy the stream, and the process with it where nobody listens. */
function checkBytes(chunk: unknown): void {
  checkChunk(chunk);
  if (typeof chunk !== 'string' && !ArrayBuffer.isView(chunk))
    throw expected('chunk', 'a text or bytes (or give `objectMode`)', chunk);
}

/** A stream takes only errors for failures. */
function asError(thrown: unknown): Error {
  return isInstance(thrown, Error) ? thrown : new Error(textOf(thrown), { cause: thrown });
}

import type { QueuingStrategy, ReadableStreamDefaultController } from 'node:stream/web';
import { checkFunction } from '../../base/check.js';
import { CancelledError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { checkKnown } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import { Feed, type Producer } from '../../fibers/feed.js';
import { checkChunk } from './check-chunk.js';
import { prematureClose } from './stream-error.js';

/**
 * Makes a web stream that a fiber of the current scope feeds. A plain call, inside a fiber.
 *
 * The fiber is cancelled when the stream is. If the fiber fails, the stream fails with its error; if the fiber is
 * cancelled, with an `EndOfStreamError`. The scope waits for the fiber, so a stream that nobody reads has to be
 * cancelled.
 *
 * @param strategy how much is buffered ahead of the consumer; one chunk unless given.
 *
 * @example
 * const body = toWebStream<string>(function* (push) {
 *   for (const line of lines) yield* push(line);
 * });
 * return new Response(body.pipeThrough(new TextEncoderStream()));
 */
export function toWebStream<T = Uint8Array>(producer: Producer<T>, strategy?: QueuingStrategy<T>): ReadableStream<T> {
  checkFunction('producer', producer);
  if (strategy !== undefined) checkKnown('toWebStream', strategy, { highWaterMark: true, size: true });
  let controller: ReadableStreamDefaultController<T>;
  const feed = new Feed<T>(currentFiber('toWebStream').scope, producer, {
    check: checkChunk,
    push(chunk) {
      controller.enqueue(chunk);
      return controller.desiredSize! > 0;
    },
    end: () => controller.close(),
    fail(error) {
      const cancelled = isInstance(error, CancelledError);
      controller.error(cancelled ? prematureClose('stream.read', error) : error);
      return !cancelled;
    },
  });
  const stream = new ReadableStream<T>(
    {
      start: (itsController) => void (controller = itsController),
      pull: () => feed.demand(),
      cancel: () => feed.stop(),
    },
    strategy,
  );
  abandoning.set(stream, () => {
    feed.stop();
    controller.error(prematureClose('stream.read'));
  });
  return stream;
}

/** Ends a stream that `toWebStream` made, and its fiber, though others have locked it; does nothing with any other. */
export function abandon(stream: unknown): void {
  abandoning.get(stream as ReadableStream)?.();
}

const abandoning: WeakMap<ReadableStream, () => void> = new WeakMap();

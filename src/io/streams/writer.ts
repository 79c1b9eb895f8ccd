import type { Writable } from 'node:stream';
import { expected } from '../../base/check.js';
import { printAs } from '../../base/print-as.js';
import { checkKnown } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension } from '../../fibers/suspension.js';
import type { StreamOptions } from './reader.js';
import { BROKEN, END, FINISHED, WRITE, WriteQueue } from './write-queue.js';

/**
 * Writes to a Node stream with operations. The writer belongs to the current scope; its listeners are removed when that
 * ends, when everything is written, or by `close`. A plain call, inside a fiber.
 *
 * @example
 * const output = writer(createGzip());
 * yield* output.write('hello\n');
 * yield* output.finish();
 */
export function writer<T = string | Uint8Array>(stream: Writable, options: StreamOptions = {}): Writer<T> {
  if (typeof stream?.write !== 'function') throw expected('stream', 'a writable stream', stream);
  checkKnown('writer', options, { own: true });
  return new Writer<T>(stream, options.own ?? false, currentFiber('writer').scope);
}

/** The writing end of a Node stream, for any number of fibers, first come, first served. */
export class Writer<T = string | Uint8Array> {
  private readonly queue: WriteQueue;

  constructor(stream: Writable, own: boolean, scope: Scope) {
    this.queue = new WriteQueue(stream, own, scope);
  }

  /**
   * Waits until there is room in the stream's buffer, then writes `chunk` whole. It returns when the stream has
   * accepted the chunk, before it has arrived anywhere; `finish` waits for that. Do not change `chunk` meanwhile.
   *
   * @throws what the stream failed with, system errors as `IoError`; `ClosedError` after `end`, `finish` or `close`;
   * `EndOfStreamError` if others closed the stream; `ArgumentError` if it does not accept such a chunk.
   * Suspends: while there is no room, or others wait for it. If cancelled: throws; nothing was written.
   */
  write(chunk: T): Operation<void> {
    return new Suspension<void>(WRITE, this.queue, chunk);
  }

  /**
   * Ends the stream, after what was written. A second call has no effect.
   *
   * @throws as `write`.
   * Suspends: while there is no room, or others wait for it. If cancelled: throws; more can be written.
   */
  end(): Operation<void> {
    return new Suspension<void>(END, this.queue, undefined);
  }

  /**
   * Ends the stream and waits until it has passed on all that was written.
   *
   * @throws as `write`.
   * Suspends: unless that is so already. If cancelled: throws; the stream may have been ended.
   */
  *finish(): Operation<void> {
    yield* this.end();
    yield* new Suspension<void>(FINISHED, this.queue, undefined);
  }

  /**
   * Waits for the stream to fail: to learn of it while there is nothing to write. Returns once the stream has been
   * ended and has passed on all that was written.
   *
   * @throws as `write`.
   * Suspends: until then. If cancelled: throws.
   */
  broken(): Operation<void> {
    return new Suspension<void>(BROKEN, this.queue, undefined);
  }

  /**
   * Releases the stream; one that is `own` and has not finished is destroyed. Those who wait get `ClosedError`. A plain
   * call; twice is allowed.
   */
  close(): void {
    this.queue.close();
  }

  [Symbol.dispose](): void {
    this.close();
  }
}

printAs(Writer, 'Writer', () => ({}));

import type { Readable } from 'node:stream';
import { expected } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension } from '../../fibers/suspension.js';
import { eachOf, type Body } from '../each-of.js';
import { ReadableWatch } from './readable-watch.js';
import type { Reader, StreamOptions } from './reader.js';
import { READ, SingleReading } from './single-reading.js';

/**
 * Reads a Node stream, of bytes, text or objects, chunk by chunk. The reader belongs to the current scope; its
 * listeners are removed when that ends, at the end of the stream, or by `close`. Nobody else should read the stream
 * meanwhile. A plain call, inside a fiber.
 *
 * @example
 * const input = reader<Buffer>(process.stdin);
 * yield* input.forEach((chunk) => connection.write(chunk));
 */
export function reader<T = Buffer>(stream: Readable, options: StreamOptions = {}): Reader<T> {
  checkReadable(stream);
  checkKnown('reader', options, { own: true });
  return new StreamReader<T>(stream, options.own ?? false, currentFiber('reader').scope);
}

export function checkReadable(stream: Readable): void {
  // A `Reader` has a `read` too.
  if (typeof stream?.read !== 'function' || typeof stream.on !== 'function')
    throw expected('stream', 'a readable stream', stream);
}

/** What `reader` makes. */
export class StreamReader<T> extends SingleReading implements Reader<T> {
  private readonly stream: Readable;
  private readonly watch: ReadableWatch;

  constructor(stream: Readable, own: boolean, scope: Scope) {
    super();
    this.stream = stream;
    this.watch = new ReadableWatch(stream, own, scope, {
      readable: () => this.readable(),
      ended: () => this.endReached(),
      failed: (error) => this.failed(error),
      close: () => this.close(),
    });
  }

  read(): Operation<T | null> {
    return new Suspension<T | null>(READ, this, undefined);
  }

  forEach(body: Body<T>): Operation<void> {
    return eachOf(this, body);
  }

  close(): void {
    this.closedByUs();
    this.watch.letGo();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected take(suspension: Suspension): boolean {
    if (this.over) return false;
    const chunk: unknown = this.stream.read();
    if (chunk === null) return false;
    suspension.value = chunk;
    return true;
  }

  protected wanted(): void {}

  /** With no fiber waiting, data stays in the stream: reading would only move it to another buffer. */
  private readable(): void {
    if (this.waiting === null) return;
    const chunk = this.stream.read() as T | null;
    if (chunk !== null) this.answer()!.complete(chunk);
  }
}

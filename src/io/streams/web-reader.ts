import type { ReadableStreamDefaultReader } from 'node:stream/web';
import { expected } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import { Suspension } from '../../fibers/suspension.js';
import { eachOf, type Body } from '../each-of.js';
import type { Reader, StreamOptions } from './reader.js';
import { READ, SingleReading } from './single-reading.js';
import { streamError } from './stream-error.js';
import type { WebStream } from './web-stream.js';

/**
 * Reads a web stream, such as the body of a `fetch` response, with operations. The reader belongs to the current scope.
 * It locks the stream until that scope ends, the stream ends or fails, or until `close`. A plain call, inside a fiber.
 *
 * @throws `TypeError` if the stream is locked already.
 *
 * @example
 * const response = yield* abortable((signal) => fetch(url, { signal }));
 * yield* fromWeb<Uint8Array>(response.body!, { own: true }).forEach(save);
 */
export function fromWeb<T = Uint8Array>(stream: WebStream<T>, options: StreamOptions = {}): Reader<T> {
  if (typeof stream?.getReader !== 'function') throw expected('stream', 'a web ReadableStream', stream);
  checkKnown('fromWeb', options, { own: true });
  return new WebReader<T>(stream, options.own ?? false);
}

class WebReader<T> extends SingleReading implements Reader<T> {
  private readonly source: ReadableStreamDefaultReader<T>;
  private readonly own: boolean;
  private readonly untie: () => void;
  /**
   * A read of the stream is pending. It cannot be taken back, so if its fiber is cancelled the chunk is kept for the
   * next one.
   */
  private asked: boolean = false;
  private kept: { readonly chunk: T } | null = null;
  private readonly onAnswer = (result: { done: boolean; value?: T | undefined }): void => {
    this.asked = false;
    if (result.done) {
      this.endReached();
      this.letGo();
    } else if (this.waiting !== null) this.answer()!.complete(result.value);
    else this.kept = { chunk: result.value as T };
  };
  private readonly onRefusal = (error: unknown): void => {
    this.asked = false;
    this.failed(streamError('stream.read', error));
    this.letGo();
  };

  constructor(stream: WebStream<T>, own: boolean) {
    super();
    const { scope } = currentFiber('fromWeb');
    this.source = stream.getReader();
    this.own = own;
    this.untie = ownedBy(scope, () => this.close());
  }

  read(): Operation<T | null> {
    return new Suspension<T | null>(READ, this, undefined);
  }

  forEach(body: Body<T>): Operation<void> {
    return eachOf(this, body);
  }

  close(): void {
    const { over } = this;
    this.closedByUs();
    if (over) return;
    this.kept = null;
    // Nobody is left to be told that the cancellation failed.
    if (this.own) this.source.cancel().catch(() => {});
    this.letGo();
  }

  [Symbol.dispose](): void {
    this.close();
  }

  protected take(suspension: Suspension): boolean {
    if (this.kept === null) return false;
    suspension.value = this.kept.chunk;
    this.kept = null;
    return true;
  }

  protected wanted(): void {
    if (this.asked) return;
    this.asked = true;
    this.source.read().then(this.onAnswer, this.onRefusal);
  }

  private letGo(): void {
    this.source.releaseLock();
    this.untie();
  }
}

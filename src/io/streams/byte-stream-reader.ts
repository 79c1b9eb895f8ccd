import type { Readable } from 'node:stream';
import { ClosedError } from '../../base/errors.js';
import { printAs } from '../../base/print-as.js';
import { checkKnown } from '../../base/known-options.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { ByteReader, type ByteSource } from '../byte-reader.js';
import type { ReadableBytes } from '../byte-stream.js';
import { eachOf, type Body } from '../each-of.js';
import { readKinds, type ReadKinds } from '../read-kinds.js';
import { toBytes } from '../collect.js';
import { ReadableWatch } from './readable-watch.js';
import type { Reader, StreamOptions } from './reader.js';
import { checkReadable } from './stream-reader.js';

/** Reads bytes by length, by delimiter or by line, wherever the chunks of the stream end. */
export interface BytesReader extends ReadableBytes, Reader<Buffer> {
  read(max?: number): Operation<Buffer | null>;
}

/**
 * As `reader`, for a Node stream of bytes or text: reads also by length, by delimiter and by line. A plain call, inside
 * a fiber.
 *
 * @example
 * const input = byteReader(process.stdin);
 * const name = yield* input.readLine();
 */
export function byteReader(stream: Readable, options: StreamOptions = {}): BytesReader {
  checkReadable(stream);
  checkKnown('byteReader', options, { own: true });
  return new ByteStreamReader(stream, options.own ?? false, currentFiber('byteReader').scope);
}

/** What `byteReader` makes. */
export class ByteStreamReader extends ByteReader implements BytesReader {
  private readonly tap: Tap;

  constructor(stream: Readable, own: boolean, scope: Scope) {
    const tap = new Tap(stream);
    super(tap, KINDS);
    this.tap = tap;
    tap.connect(this, own, scope);
  }

  forEach(body: Body<Buffer>): Operation<void> {
    return eachOf(this, body);
  }

  [Symbol.dispose](): void {
    this.close();
  }

  /** From now on the stream never waits for this reader: what arrives while nobody reads is dropped. */
  dropUnread(): void {
    this.tap.dropUnread();
  }

  override close(failure: () => Error = closedByUs): void {
    super.close(failure);
    this.tap.letGo();
  }
}

printAs(ByteStreamReader, 'BytesReader', () => ({}));

/** Moves bytes from the stream to its reader while that wants some. */
class Tap implements ByteSource {
  private readonly stream: Readable;
  private open: boolean = false;
  private dropping: boolean = false;
  private reader!: ByteReader;
  private watch!: ReadableWatch;

  constructor(stream: Readable) {
    this.stream = stream;
  }

  connect(reader: ByteStreamReader, own: boolean, scope: Scope): void {
    this.reader = reader;
    this.watch = new ReadableWatch(this.stream, own, scope, {
      readable: () => this.flow(),
      ended: () => reader.end(),
      failed: (error) => reader.fail(() => error as Error),
      close: () => reader.close(),
    });
  }

  resume(): void {
    this.open = true;
    this.flow();
  }

  pause(): void {
    this.open = false;
  }

  endSeen(): void {}

  letGo(): void {
    this.open = false;
    this.watch.letGo();
  }

  dropUnread(): void {
    this.dropping = true;
    this.flow();
  }

  private flow(): void {
    while (this.open || this.dropping) {
      const chunk: unknown = this.stream.read();
      if (chunk === null) return;
      if (!this.open) continue;
      let bytes: Uint8Array;
      try {
        bytes = toBytes(chunk);
      } catch (error) {
        // Thrown in a listener of the stream it would end the process.
        this.open = false;
        return this.reader.fail(() => error as Error);
      }
      this.reader.feed(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength));
    }
  }
}

const KINDS: ReadKinds = readKinds('stream.read');

function closedByUs(): Error {
  return new ClosedError('stream.read: this reader was closed');
}

import { types } from 'node:util';
import { checkInteger, expected } from '../base/check.js';
import { BusyError } from '../base/errors.js';
import type { Operation } from '../fibers/operation.js';
import { Suspension } from '../fibers/suspension.js';
import { ByteBuffer } from './byte-buffer.js';
import type { DelimiterOptions, ReadableBytes } from './byte-stream.js';
import { limitOf } from './limit-of.js';
import { notBytes } from './not-bytes.js';
import type { Delimiter, ReadKinds } from './read-kinds.js';

/** Where a reader's bytes come from. It calls `feed` between `resume` and `pause`, and perhaps shortly after `pause`. */
export interface ByteSource {
  /** The reader wants bytes. May call `feed` synchronously. */
  resume(): void;
  /** The reader has enough for now. */
  pause(): void;
  /** The reading fiber is being told of the end. */
  endSeen(): void;
}

/**
 * The reading half of every byte stream, whatever its source. The source is not started before the first read, and is
 * paused while `HIGH_WATER` bytes are buffered. While a fiber waits, the source flows regardless: what that can amount
 * to is bounded by what the fiber asked for.
 *
 * A waiting read takes its bytes as soon as they suffice, not when its fiber runs: a cancelled read has taken nothing,
 * and what a completed one took is not lost.
 */
export class ByteReader implements ReadableBytes {
  // Fields in order of use, and no objects that an idle stream does not need: with thousands of connections, each
  // object that a message touches is a cache miss.
  private waiting: Suspension | null = null;
  readonly kinds: ReadKinds;
  private buffered: ByteBuffer | null = null;
  private flowing: boolean = false;
  private ended: boolean = false;
  private endWasSeen: boolean = false;
  private failure: (() => Error) | null = null;
  private readonly source: ByteSource;
  /** How many bytes at the front of the buffer are known not to begin the delimiter that the waiting fiber wants. */
  searched: number = 0;

  constructor(source: ByteSource, kinds: ReadKinds) {
    this.source = source;
    this.kinds = kinds;
  }

  read(max: number = Infinity): Operation<Buffer | null> {
    if (max !== Infinity) checkInteger('max', max, 1);
    return new Suspension<Buffer | null>(this.kinds.some, this, max);
  }

  readExactly(length: number): Operation<Buffer> {
    checkInteger('length', length, 0);
    return new Suspension<Buffer>(this.kinds.exactly, this, length);
  }

  readUntil(delimiter: string | Uint8Array, options: DelimiterOptions = {}): Operation<Buffer | null> {
    if (typeof delimiter !== 'string' && !types.isUint8Array(delimiter)) throw notBytes('delimiter', delimiter);
    const bytes = typeof delimiter === 'string' ? Buffer.from(delimiter) : delimiter;
    if (bytes.length === 0) throw expected('delimiter', 'at least one byte long', delimiter);
    return new Suspension<Buffer | null>(this.kinds.until, this, {
      bytes,
      limit: limitOf('readUntil', options, USUAL_LIMIT, 1),
    } satisfies Delimiter);
  }

  readLine(options: DelimiterOptions = {}): Operation<string | null> {
    return new Suspension<string | null>(this.kinds.line, this, limitOf('readLine', options, USUAL_LIMIT, 1));
  }

  /** How many bytes have arrived and not been read. */
  get unread(): number {
    return this.buffered === null ? 0 : this.buffered.size;
  }

  /** The unread bytes. */
  get buffer(): ByteBuffer {
    return (this.buffered ??= new ByteBuffer());
  }

  get busy(): boolean {
    return this.waiting !== null;
  }

  /** For the source: more bytes, which must not be changed afterwards. */
  feed(chunk: Buffer): void {
    const waiting = this.waiting;
    // The hot path: a fiber waits for whatever comes, and gets the chunk itself.
    if (waiting !== null && waiting.kind === this.kinds.some && chunk.length <= (waiting.argument as number)) {
      if (chunk.length === 0) return;
      this.waiting = null;
      waiting.complete(chunk);
      waiting.fiber!.loop.runIfCrowded();
      return;
    }
    if (chunk.length === 0 || this.failure !== null) return;
    this.buffer.append(chunk);
    if (waiting !== null) this.offer(waiting);
    if (this.flowing && this.waiting === null && this.unread >= HIGH_WATER) {
      this.flowing = false;
      this.source.pause();
    }
  }

  /** For the source: no more bytes. */
  end(): void {
    this.ended = true;
    if (this.waiting !== null) this.offer(this.waiting);
  }

  /** The stream broke. What is buffered can still be read, then reads throw what `failure` makes. Ignored after the end. */
  fail(failure: () => Error): void {
    if (this.ended) return;
    this.failure ??= failure;
    if (this.waiting !== null) this.offer(this.waiting);
  }

  /** Drops what is buffered; from now on reading throws what `failure` makes. */
  close(failure: () => Error): void {
    this.buffered = null;
    this.ended = false;
    this.failure = failure;
    if (this.waiting !== null) this.offer(this.waiting);
  }

  /** Makes `suspension` the waiting read; fails it with `BusyError` if there is one already. */
  wait(suspension: Suspension): void {
    if (this.waiting !== null) {
      suspension.fail(new BusyError(`${this.kinds.label}: another fiber is reading from this stream`));
      return;
    }
    this.waiting = suspension;
    if (!this.flowing) this.resume();
  }

  /** Lets the source flow before the first read, until `HIGH_WATER` bytes are buffered. */
  readAhead(): void {
    if (!this.flowing) this.resume();
  }

  /** The waiting read was cancelled. */
  giveUp(): void {
    this.waiting = null;
  }

  /** Whether the stream has ended; the caller is about to tell the fiber so. Throws if the stream has failed. */
  isOver(): boolean {
    if (this.failure !== null) throw this.failure();
    if (this.ended && !this.endWasSeen) {
      this.endWasSeen = true;
      this.source.endSeen();
    }
    return this.ended;
  }

  /** Bytes were taken: resumes the source at `LOW_WATER`, before the buffer is empty. */
  wasTaken(): void {
    if (!this.flowing && !this.ended && this.failure === null && this.unread <= LOW_WATER) this.resume();
  }

  /** Retries the waiting read. */
  private offer(waiting: Suspension): void {
    this.waiting = null;
    try {
      if (waiting.kind.attempt(waiting, waiting.fiber!)) waiting.complete(waiting.value);
      else this.waiting = waiting;
    } catch (error) {
      waiting.fail(error);
    }
  }

  private resume(): void {
    this.flowing = true;
    this.source.resume();
  }
}

/** Of a read up to a delimiter, in bytes, the delimiter included. */
const USUAL_LIMIT = 65_536;
const HIGH_WATER = 65_536;
const LOW_WATER = HIGH_WATER / 2;

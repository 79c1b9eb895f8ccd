import { checkInteger, expected } from '../base/check.js';
import { BusyError } from '../base/errors.js';
import type { Operation } from '../fibers/operation.js';
import { Suspension } from '../fibers/suspension.js';
import { ByteBuffer } from './byte-buffer.js';
import type { DelimiterOptions, ReadableBytes } from './byte-stream.js';
import { limitOf } from './limit-of.js';
import type { Delimiter, ReadKinds } from './read-kinds.js';

/** Where a reader's bytes come from: pushed by `feed` between `resume` and `pause`, and shortly after. */
export interface ByteSource {
  /** The reader wants bytes. May feed at once. */
  resume(): void;
  /** The reader has enough for now. */
  pause(): void;
  /** The fiber that reads has learned of the end. */
  endSeen(): void;
}

/**
 * The reading half of every stream of bytes, whatever feeds it. It takes nothing from its source until it is first
 * read, and pauses it while `HIGH_WATER` bytes wait for a reader. As long as a fiber waits the source flows: what that
 * can amount to is bounded by what the fiber asked for.
 *
 * Bytes are taken at the moment when they suffice, not when the fiber runs, so a cancelled read took nothing and a
 * completed one is not lost.
 */
export class ByteReader implements ReadableBytes {
  // In the order of use, and without objects that an idle stream does not need: among thousands of connections each
  // object that a message touches is a cache miss.
  private waiting: Suspension | null = null;
  readonly kinds: ReadKinds;
  private buffered: ByteBuffer | null = null;
  private flowing: boolean = false;
  private ended: boolean = false;
  private endWasSeen: boolean = false;
  private failure: (() => Error) | null = null;
  private readonly source: ByteSource;
  /** Bytes of the buffer in which the delimiter that the waiting fiber wants does not begin. */
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
    if (typeof delimiter !== 'string' && !(delimiter instanceof Uint8Array))
      throw expected('delimiter', 'a string or a Uint8Array', delimiter);
    const bytes = typeof delimiter === 'string' ? Buffer.from(delimiter) : delimiter;
    if (bytes.length === 0) throw expected('delimiter', 'at least one byte long', delimiter);
    return new Suspension<Buffer | null>(this.kinds.until, this, {
      bytes,
      limit: limitOf(options, USUAL_LIMIT, 1),
    } satisfies Delimiter);
  }

  readLine(options: DelimiterOptions = {}): Operation<string | null> {
    return new Suspension<string | null>(this.kinds.line, this, limitOf(options, USUAL_LIMIT, 1));
  }

  /** How many bytes have come and were not read. */
  get unread(): number {
    return this.buffered === null ? 0 : this.buffered.size;
  }

  /** Those bytes. */
  get buffer(): ByteBuffer {
    return (this.buffered ??= new ByteBuffer());
  }

  get busy(): boolean {
    return this.waiting !== null;
  }

  /** The source's: more bytes. They are not to be changed afterwards. */
  feed(chunk: Buffer): void {
    const waiting = this.waiting;
    // The hot path: a fiber waits for whatever comes, and gets it as it is.
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

  /** The source's: no more bytes. */
  end(): void {
    this.ended = true;
    if (this.waiting !== null) this.offer(this.waiting);
  }

  /** The stream broke. What came before can still be read, then `failure` makes the error; ignored after the end. */
  fail(failure: () => Error): void {
    if (this.ended) return;
    this.failure ??= failure;
    if (this.waiting !== null) this.offer(this.waiting);
  }

  /** This side will not read any more: what has come is dropped, and reading throws what `failure` makes. */
  close(failure: () => Error): void {
    this.buffered = null;
    this.ended = false;
    this.failure = failure;
    if (this.waiting !== null) this.offer(this.waiting);
  }

  /** Makes `suspension` the one that waits; there can be one. */
  wait(suspension: Suspension): void {
    if (this.waiting !== null) {
      suspension.fail(new BusyError(`${this.kinds.label}: another fiber is reading from this stream`));
      return;
    }
    this.waiting = suspension;
    if (!this.flowing) this.resume();
  }

  /** Lets bytes come before anybody reads, within what may wait for a reader. */
  readAhead(): void {
    if (!this.flowing) this.resume();
  }

  /** The one that waits gives up. */
  giveUp(): void {
    this.waiting = null;
  }

  /** Whether nothing more will come, which the fiber is about to learn. Throws if that is because of a failure. */
  isOver(): boolean {
    if (this.failure !== null) throw this.failure();
    if (this.ended && !this.endWasSeen) {
      this.endWasSeen = true;
      this.source.endSeen();
    }
    return this.ended;
  }

  /** Bytes were taken: the source may flow again before the rest is used up. */
  wasTaken(): void {
    if (!this.flowing && !this.ended && this.failure === null && this.unread <= LOW_WATER) this.resume();
  }

  /** Tries again for the fiber that waits. */
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

/** Of what is read up to a delimiter, in bytes. */
const USUAL_LIMIT = 65_536;
const HIGH_WATER = 65_536;
const LOW_WATER = HIGH_WATER / 2;

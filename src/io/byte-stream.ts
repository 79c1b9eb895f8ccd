import type { Operation } from '../fibers/operation.js';
import type { ScopeHandle } from '../fibers/scope.js';
import type { TlsFacts } from './tls-facts.js';

/** How far to look for a delimiter. */
export interface DelimiterOptions {
  /** In bytes, the delimiter included; 65,536 unless given. */
  readonly limit?: number;
}

/** The reading end of a byte stream, for one fiber at a time. */
export interface ReadableBytes {
  /**
   * Reads what is there.
   *
   * @param max the most bytes to return; no limit unless given.
   * @returns at least one byte; null once the other side has ended. The buffer may share memory with adjacent data of
   * the stream: copy what you keep for long.
   * @throws `IoError` if the stream broke, `ClosedError` after `close`, `BusyError` while another fiber reads.
   * Suspends: until something has arrived. If cancelled: throws; nothing was taken.
   */
  read(max?: number): Operation<Buffer | null>;
  /**
   * Reads exactly `length` bytes.
   *
   * @throws `EndOfStreamError` if the stream ends before; what has arrived can still be read. Otherwise as `read`.
   * Suspends: until they have arrived. If cancelled: throws; nothing was taken.
   */
  readExactly(length: number): Operation<Buffer>;
  /**
   * Reads up to and including `delimiter`.
   *
   * @returns the bytes with the delimiter (as in asyncio, tokio and Go, so that the length says how much was taken);
   * null if the stream ends right after the previous delimiter.
   * @throws `TooLargeError` if the delimiter is not within `limit`, `EndOfStreamError` if the stream ends before it;
   * what has arrived can still be read. Otherwise as `read`.
   * Suspends: until it has arrived. If cancelled: throws; nothing was taken.
   */
  readUntil(delimiter: string | Uint8Array, options?: DelimiterOptions): Operation<Buffer | null>;
  /**
   * Reads a line of UTF-8 text.
   *
   * @returns the line without its `\n` or `\r\n`; at the end of the stream also a last line without one; then null.
   * @throws `TooLargeError` if the line is longer than `limit`; it can still be read. Otherwise as `read`.
   * Suspends: until the line has arrived. If cancelled: throws; nothing was taken.
   */
  readLine(options?: DelimiterOptions): Operation<string | null>;
}

/** The writing end of a byte stream. Several fibers may write: the bytes of one call stay together. */
export interface WritableBytes {
  /**
   * Writes `data` (text as UTF-8). Do not change it afterwards: it may not have been sent yet. Completing means that it
   * was accepted for sending, not that it was received.
   *
   * @throws `IoError` if the stream broke, `ClosedError` after `end` or `close`.
   * Suspends: while too much earlier data is unsent. If cancelled: throws; nothing of it was written.
   */
  write(data: string | Uint8Array): Operation<void>;
  /**
   * Ends this side of the stream, after what was written. Reading goes on. A second call has no effect.
   *
   * @throws `IoError` if the stream broke, `ClosedError` after `close`.
   * Suspends: as `write` does. If cancelled: throws; more can be written.
   */
  end(): Operation<void>;
}

/** A stream of bytes in both directions. */
export interface ByteStream extends ReadableBytes, WritableBytes {
  /** Whether it is closed, is being closed, or broke. */
  readonly isClosed: boolean;
  /**
   * Closes both directions once what was written has been sent; what has arrived and was not read is dropped. Fibers
   * that still wait to read or write get `ClosedError`. Closing twice has no effect. A connection keeps its descriptor
   * until the other side has ended too, or for 5 s: closed while that still sends, it would lose what is in flight.
   *
   * Suspends: until what was written has been sent. If cancelled, even before it began: throws and drops unsent data,
   * but is closed all the same, since otherwise nobody would close it.
   */
  close(): Operation<void>;
  /** Closes at once and drops unsent data. Over plain TCP the other side sees a reset, not an end. A plain call. */
  destroy(): void;
}

/**
 * A connection. It belongs to a scope, at first the one in which it was opened or accepted. It is closed when that
 * scope ends, by `close` or `destroy`, or once both sides have ended; the scope then keeps no reference to it.
 */
export interface Connection extends ByteStream {
  /** Once closed, undefined unless it was read before; so are the ports. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localPort: number | undefined;
  readonly bytesRead: number;
  /** Includes unsent bytes. */
  readonly bytesWritten: number;
  /** Null without TLS. */
  readonly tls: TlsFacts | null;
  /**
   * Moves it to `scope`, or without one to the innermost scope of the current fiber, for instance so that a pool keeps
   * what a request has opened. A plain call.
   *
   * @throws `ScopeClosedError` if that scope has ended; the connection is then destroyed. `ArgumentError`; without a
   * scope, `MisuseError` outside of a fiber.
   */
  adopt(scope?: ScopeHandle): void;
  /** Sets whether small writes are sent at once, instead of being held back for more (Nagle's algorithm). */
  setNoDelay(noDelay: boolean): void;
  stats(): ConnectionStats;
}

export interface ConnectionStats {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Bytes that have arrived and not been read. */
  readonly unread: number;
  /** Bytes that were written and not yet sent. */
  readonly unsent: number;
  readonly waitingToRead: number;
  readonly waitingToWrite: number;
  readonly isClosed: boolean;
}

import type { Operation } from '../fibers/operation.js';
import type { ScopeHandle } from '../fibers/scope.js';

/** How much may come before the delimiter is there. */
export interface DelimiterOptions {
  /** In bytes, the delimiter included; 65,536 unless given. */
  readonly limit?: number;
}

/** The end of a stream of bytes that can be read, by one fiber at a time. */
export interface ReadableBytes {
  /**
   * Reads what is there.
   *
   * @param max at most so many bytes; no limit unless given.
   * @returns at least one byte; null once the other side has ended. The buffer may share its memory with neighbours
   * in the stream: copy what is kept for long.
   * @throws `IoError` if the stream broke, `ClosedError` after `close`, `BusyError` while another fiber reads.
   * Suspends: until something has come. If cancelled: throws; nothing was taken.
   */
  read(max?: number): Operation<Buffer | null>;
  /**
   * Reads exactly `length` bytes.
   *
   * @throws `EndOfStreamError` if the stream ends before; what had come can still be read. Otherwise as `read`.
   * Suspends: until they have come. If cancelled: throws; nothing was taken.
   */
  readExactly(length: number): Operation<Buffer>;
  /**
   * Reads up to and including `delimiter`.
   *
   * @returns the bytes with the delimiter (as asyncio, tokio and Go do it, so that the length is what was taken); null
   * if the stream ends where the last delimiter stood.
   * @throws `TooLargeError` if it is not within `limit`, `EndOfStreamError` if the stream ends before it; what had
   * come can still be read. Otherwise as `read`.
   * Suspends: until it has come. If cancelled: throws; nothing was taken.
   */
  readUntil(delimiter: string | Uint8Array, options?: DelimiterOptions): Operation<Buffer | null>;
  /**
   * Reads a line of UTF-8 text.
   *
   * @returns the line without its `\n` or `\r\n`; at the end also what stands behind the last one; then null.
   * @throws `TooLargeError` if the line is longer than `limit`; it can still be read. Otherwise as `read`.
   * Suspends: until the line has come. If cancelled: throws; nothing was taken.
   */
  readLine(options?: DelimiterOptions): Operation<string | null>;
}

/** The end of a stream of bytes that can be written. Several fibers may: what one call writes stays together. */
export interface WritableBytes {
  /**
   * Writes `data` (text as UTF-8), which is not to be changed afterwards: it may not have left yet. Completing means
   * that it was taken, not that it was received.
   *
   * @throws `IoError` if the stream broke, `ClosedError` after `end` or `close`.
   * Suspends: while too much of what was written before has not left. If cancelled: throws; nothing of it was written.
   */
  write(data: string | Uint8Array): Operation<void>;
  /**
   * Tells the other side that nothing more will come, behind what was written. Reading goes on. Twice is as once.
   *
   * @throws `IoError` if the stream broke.
   * Suspends: as `write` does. If cancelled: throws; more can be written.
   */
  end(): Operation<void>;
}

/** A stream of bytes in both directions. */
export interface ByteStream extends ReadableBytes, WritableBytes {
  /** Whether it is closed, or about to be: there is no more to be done with it. */
  readonly isClosed: boolean;
  /**
   * Closes both directions once what was written has left; what has come and was not read is dropped. Fibers that
   * still wait to read or write get `ClosedError`. Closing twice has no effect. A connection keeps its descriptor until the
   * other side has ended, too, or for 5 s: closed while that still sends it would lose what is on the way.
   *
   * Suspends: until what was written has left. If cancelled: throws, and drops what has not left; it is closed all the
   * same, also in a fiber that is cancelled already, since otherwise nobody would.
   */
  close(): Operation<void>;
  /** Closes at once and drops what has not left; the other side sees a broken connection, not an end. A plain call. */
  destroy(): void;
}

/** What a TLS handshake found out. */
export interface TlsFacts {
  /** Whether the other side's certificate was asked for and is valid. */
  readonly authorized: boolean;
  /** Why it is not, if it was asked for. */
  readonly authorizationError: Error | undefined;
  /** Such as `TLSv1.3`. */
  readonly protocol: string | null;
  /** The protocol that was agreed on by ALPN. */
  readonly alpnProtocol: string | null;
}

/**
 * A connection. It belongs to a scope, first to the one in which it was opened or accepted, and is closed when that
 * ends, or by `close` and `destroy`, or when both sides have ended; then the scope keeps nothing of it.
 */
export interface Connection extends ByteStream {
  /** Of one that is closed, only where it was asked for before. So with the ports. */
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
  readonly localPort: number | undefined;
  readonly bytesRead: number;
  /** Counts also what has not left yet. */
  readonly bytesWritten: number;
  /** Null without TLS. */
  readonly tls: TlsFacts | null;
  /**
   * Ties it to `scope` instead of the one it belonged to; to the innermost one of the current fiber unless given. So a pool keeps
   * what a request has opened. A plain call, without a scope inside a fiber only.
   *
   * @throws `ScopeClosedError` if that scope has ended; the connection is closed then. `ArgumentError`.
   */
  adopt(scope?: ScopeHandle): void;
  /** Whether small writes are sent at once and not held back for more (Nagle's algorithm). */
  setNoDelay(noDelay: boolean): void;
  stats(): ConnectionStats;
}

export interface ConnectionStats {
  readonly bytesRead: number;
  readonly bytesWritten: number;
  /** Bytes that have come and were not read. */
  readonly unread: number;
  /** Bytes that were written and have not left. */
  readonly unsent: number;
  readonly waitingToRead: number;
  readonly waitingToWrite: number;
  readonly isClosed: boolean;
}

import type { Operation } from '../../fibers/operation.js';
import type { Body } from '../each-of.js';

/** Reads a stream that others made: `reader` is for Node streams, `fromWeb` for web streams. */
export interface Reader<T> extends Disposable {
  /**
   * Takes what comes next: of a Node stream of bytes or text everything that is buffered, otherwise one chunk.
   *
   * @returns null at the end of the stream, also when called again.
   * @throws what the stream failed with, system errors as `IoError`; `EndOfStreamError` if it was closed before its
   * end; `ClosedError` after `close`; `BusyError` while another fiber reads.
   * Suspends: unless something is there. If cancelled: throws; nothing was taken.
   */
  read(): Operation<T | null>;
  /**
   * Runs `body` for each chunk until the end, one after another.
   *
   * @throws as `read`; what `body` throws.
   * Suspends: as `read` and `body` do. If cancelled: throws.
   */
  forEach(body: Body<T>): Operation<void>;
  /** Releases the stream; one that is `own` and not at its end is destroyed. A plain call; twice is allowed. */
  close(): void;
}

export interface StreamOptions {
  /**
   * Whether the stream is destroyed (a web stream: cancelled) if it is released before its end, by `close` or because
   * the scope has ended. False unless given: a stream belongs to whoever made it.
   */
  readonly own?: boolean;
}

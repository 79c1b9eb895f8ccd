import type { Operation } from '../../fibers/operation.js';
import type { Body } from '../each-of.js';

/** The reading end of a stream of anybody's: `reader` makes one of a Node stream, `fromWeb` of a web stream. */
export interface Reader<T> extends Disposable {
  /**
   * Takes what comes next: for bytes and text all that is there, in object mode one object.
   *
   * @returns null at the end of the stream, also when called again.
   * @throws what the stream failed with, a failure of the system as `IoError`; `EndOfStreamError` if it was closed
   * before its end; `ClosedError` after `close`; `BusyError` while another fiber reads.
   * Suspends: unless something is there. If cancelled: throws; nothing was taken.
   */
  read(): Operation<T | null>;
  /** Runs `body` for each until the end, one after another. */
  forEach(body: Body<T>): Operation<void>;
  /** Lets go of the stream; one that is `own` and not at its end is destroyed. A plain call; twice is allowed. */
  close(): void;
}

export interface StreamOptions {
  /**
   * Whether the stream is destroyed (a web stream: cancelled) if it is let go before its end, by `close` or because
   * the scope has ended. False unless given: a stream that somebody else made is theirs.
   */
  readonly own?: boolean;
}

import type { Operation } from '../../fibers/operation.js';
import type { Connection } from '../byte-stream.js';
import type { NewCertificate } from '../renew-certificate.js';

export interface ServeOptions {
  /**
   * Called with what a handler threw. Unless given, that is printed to standard error: in one line if the other side
   * caused it, not at all if the other side reset or abandoned the connection, otherwise with its stack. If `onError`
   * throws, or returns a promise that is rejected, `serve` ends with that error.
   */
  readonly onError?: (error: unknown, connection: Connection) => void;
}

/** Something that listens. It belongs to the scope in which it was opened. */
export interface Listener {
  /** 0 for a Unix socket. */
  readonly port: number;
  /** The address; of a Unix socket its path, and `fd 3` if that was inherited. */
  readonly address: string;
  /**
   * Takes the connection that has waited longest. It belongs to the scope in which `accept` is called (so that it
   * outlives a `withTimeout` around the call); a fiber can `adopt` it from there. Nothing is read from it before its
   * first `read`; with TLS its handshake is over.
   *
   * @throws `ClosedError` once the listener is closed, `IoError` if it broke.
   * Suspends: until there is one. If cancelled: throws; none was taken.
   */
  accept(): Operation<Connection>;
  /**
   * Accepts for ever, and runs `handler` for each connection in a fiber and a scope of its own, which owns the
   * connection. What a handler throws ends its own connection and no other.
   *
   * @throws as `accept`.
   * Suspends: always. If cancelled: throws; the handlers' fibers belong to the current scope, as if spawned. If a daemon calls
   * it, they are daemons, too: their clients cannot keep the scope open.
   */
  serve(handler: (connection: Connection) => Operation<unknown>, options?: ServeOptions): Operation<never>;
  /**
   * Gives a TLS server a new certificate, for the handshakes that begin from now on. What is not named stays as `listen` was given
   * it, such as `ca`. Connections that are open stay. A plain call.
   *
   * @throws `ArgumentError`, also if `key` does not belong to `cert`; `IoError` if it cannot be used. The server then keeps the
   * certificate that it has.
   */
  renewCertificate(renewed: NewCertificate): void;
  /**
   * Stops listening: connections that nobody has accepted are closed, accepted ones stay. Fibers in `accept` get
   * `ClosedError`. A plain call; twice is allowed.
   */
  close(): void;
  stats(): ListenerStats;
}

export interface ListenerStats {
  /** Connections that `accept` returned. */
  readonly accepted: number;
  /** Connections that wait for `accept`. */
  readonly queued: number;
  /** Connections that were closed because too many waited, or because the system had no room for them. */
  readonly refused: number;
  /** Connections whose TLS handshake is under way. */
  readonly handshaking: number;
  /** TLS handshakes that failed. */
  readonly failedHandshakes: number;
  readonly waitingToAccept: number;
  readonly isClosed: boolean;
}

import type { Operation } from '../../fibers/operation.js';

/** What was received, and from whom. */
export interface Datagram {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

/** A socket for datagrams, which may get lost, doubled or out of order. It belongs to the scope that opened it. */
export interface UdpSocket {
  readonly port: number;
  readonly address: string;
  readonly isClosed: boolean;
  /**
   * Takes the datagram that has waited longest. Several fibers may wait: each gets one.
   *
   * @throws `ClosedError` once it is closed, `IoError` if the socket broke.
   * Suspends: until there is one. If cancelled: throws; none was taken.
   */
  receive(): Operation<Datagram>;
  /**
   * Sends one datagram (text as UTF-8). A name instead of an address is looked up first.
   *
   * @param address the own machine's unless given.
   * @throws `IoError`, with `system` such as `EMSGSIZE`; `ClosedError` once it is closed.
   * Suspends: until the kernel has taken it. If cancelled: during a look-up it throws, and nothing was sent; what was
   * handed to the kernel cannot be taken back, so then it completes.
   */
  send(data: string | Uint8Array, port: number, address?: string): Operation<void>;
  /**
   * Closes it. What waits for `receive` is dropped; fibers in `receive` and `send` get `ClosedError`. A plain call; twice is
   * allowed.
   */
  close(): void;
  stats(): UdpStats;
}

export interface UdpStats {
  readonly received: number;
  readonly sent: number;
  /** Datagrams that wait for `receive`. */
  readonly queued: number;
  /** Datagrams that were dropped because too many waited. The kernel drops more when the program does not come here. */
  readonly dropped: number;
  readonly waitingToReceive: number;
  readonly isClosed: boolean;
}

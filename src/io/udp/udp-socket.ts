import type { Operation } from '../../fibers/operation.js';

/** What was received, and from whom. */
export interface Datagram {
  readonly data: Buffer;
  readonly address: string;
  readonly port: number;
}

/** A socket for datagrams, which may be lost, duplicated or reordered. It belongs to the scope in which `bind` was called. */
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
   * @param address the loopback address unless given.
   * @throws `IoError`, with `system` such as `EMSGSIZE`; `ClosedError` once it is closed.
   * Suspends: until the kernel has taken it. If cancelled: during a look-up it throws, and nothing was sent; a datagram
   * that was handed to the kernel cannot be taken back, so the call then completes.
   */
  send(data: string | Uint8Array, port: number, address?: string): Operation<void>;
  /**
   * Closes it. Datagrams that wait for `receive` are dropped; fibers in `receive` and `send` get `ClosedError`. A plain
   * call; twice is allowed.
   */
  close(): void;
  stats(): UdpStats;
}

export interface UdpStats {
  readonly received: number;
  readonly sent: number;
  /** Datagrams that wait for `receive`. */
  readonly queued: number;
  /** Datagrams that were dropped because too many waited. The kernel drops more while the program is too busy to read them. */
  readonly dropped: number;
  readonly waitingToReceive: number;
  readonly isClosed: boolean;
}

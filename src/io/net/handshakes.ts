import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { isPromise } from '../../base/check.js';
import { IoError } from '../../base/errors.js';
import { plainSocketOf } from '../plain-socket.js';
import { printError } from '../print-error.js';

/** Who began a TLS handshake. Over a Unix socket nobody has an address. */
export interface HandshakeClient {
  readonly remoteAddress: string | undefined;
  readonly remotePort: number | undefined;
}

export type HandshakeListener = (error: IoError, client: HandshakeClient) => void;

/**
 * The TLS handshakes in progress on a server. Node runs them before anyone sees the connection, and does not abort them
 * when the server is closed; this keeps their sockets, so that they can be counted and closed.
 */
export class Handshakes {
  failed: number = 0;
  private readonly pending: Set<Socket> = new Set();
  private readonly onError: HandshakeListener | null;

  constructor(server: Server, onError: HandshakeListener | null) {
    this.onError = onError;
    server.on('secureConnection', (socket: TLSSocket) => this.pending.delete(plainSocketOf(socket)));
    server.on('tlsClientError', (error, socket) => {
      this.failed++;
      const { remoteAddress, remotePort } = plainSocketOf(socket);
      // Node leaves the socket open when a handshake times out: a silent client would hold a descriptor for ever.
      socket.destroy();
      this.tell(new IoError('net.handshake', error), { remoteAddress, remotePort });
    });
  }

  /** One was accepted, whose handshake begins. */
  began(socket: Socket): void {
    this.pending.add(socket);
    socket.once('close', () => this.pending.delete(socket));
    // Node remembers an address that was looked up, and knows no other once the connection is closed.
    if (this.onError !== null) void socket.remoteAddress;
  }

  get size(): number {
    return this.pending.size;
  }

  /** Aborts the handshakes in progress. */
  abandon(): void {
    for (const socket of this.pending) socket.destroy();
    this.pending.clear();
  }

  /** What the program's function throws would end the process. */
  private tell(error: IoError, client: HandshakeClient): void {
    const failed = (thrown: unknown): void => printError(thrown, 'onHandshakeError');
    try {
      const told: unknown = this.onError?.(error, client);
      if (isPromise(told)) told.then(undefined, failed);
    } catch (thrown) {
      failed(thrown);
    }
  }
}

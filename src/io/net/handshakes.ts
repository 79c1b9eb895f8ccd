import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';
import { plainSocketOf } from '../plain-socket.js';

/**
 * The TLS handshakes in progress on a server. Node runs them before anyone sees the connection, and does not abort them
 * when the server is closed; this keeps their sockets, so that they can be counted and closed.
 */
export class Handshakes {
  failed: number = 0;
  private readonly pending: Set<Socket> = new Set();

  constructor(server: Server) {
    server.on('secureConnection', (socket: TLSSocket) => this.pending.delete(plainSocketOf(socket)));
    server.on('tlsClientError', (_error, socket) => {
      this.failed++;
      // Node leaves the socket open when a handshake times out: a silent client would hold a descriptor for ever.
      socket.destroy();
    });
  }

  /** One was accepted, whose handshake begins. */
  began(socket: Socket): void {
    this.pending.add(socket);
    socket.once('close', () => this.pending.delete(socket));
  }

  get size(): number {
    return this.pending.size;
  }

  /** Aborts the handshakes in progress. */
  abandon(): void {
    for (const socket of this.pending) socket.destroy();
    this.pending.clear();
  }
}

import type { Socket } from 'node:net';
import type { Server, TLSSocket } from 'node:tls';

/**
 * The TLS handshakes of a server. Node runs them before anybody sees the connection and leaves those under way alone
 * when the server is closed; this keeps their sockets, so that they can be counted and closed.
 *
 * Node does not tell which plain socket a secured one came from. The other side's address and port do: at one time
 * they stand for one connection of a listener.
 */
export class Handshakes {
  failed: number = 0;
  private readonly pending: Map<string, Socket> = new Map();

  constructor(server: Server) {
    server.on('connection', (socket: Socket) => {
      const key = peer(socket);
      this.pending.set(key, socket);
      socket.once('close', () => {
        if (this.pending.get(key) === socket) this.pending.delete(key);
      });
    });
    server.on('secureConnection', (socket: TLSSocket) => this.pending.delete(peer(socket)));
    server.on('tlsClientError', () => this.failed++);
  }

  get size(): number {
    return this.pending.size;
  }

  /** Closes those under way. */
  abandon(): void {
    for (const socket of this.pending.values()) socket.destroy();
    this.pending.clear();
  }
}

function peer(socket: Socket): string {
  return `${socket.remoteAddress} ${socket.remotePort}`;
}

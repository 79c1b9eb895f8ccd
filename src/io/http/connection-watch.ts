import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { DescriptorStock } from '../../fibers/descriptor-stock.js';
import type { Entry } from '../../fibers/governor.js';

/**
 * The connections of a server as descriptors. Each is counted; when few are left, those that have never sent a whole
 * request are closed, the oldest first: two thousand clients that send a byte a second would else shut out all others.
 */
export class ConnectionWatch {
  /** Closed so far because they had sent nothing while others wanted in. */
  closed: number = 0;
  /** Without a request so far, in the order in which they came. */
  private readonly silent: Set<Socket> = new Set();

  constructor(server: Server, stock: DescriptorStock, entry: Entry) {
    server.on('connection', (socket: Socket) => {
      stock.count(1);
      this.silent.add(socket);
      socket.once('close', () => {
        stock.count(-1);
        this.silent.delete(socket);
      });
      entry.arrived();
      if (stock.used > CROWDED * stock.limit) this.closeOldest();
    });
    server.prependListener('request', ({ socket }: IncomingMessage) => this.silent.delete(socket));
  }

  private closeOldest(): void {
    for (const socket of this.silent) {
      if (this.silent.size <= 1) return;
      this.silent.delete(socket);
      this.closed++;
      socket.destroy();
      return;
    }
  }
}

/** Of the descriptors that may be open. */
const CROWDED = 0.85;

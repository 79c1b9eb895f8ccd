import type { Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Entry } from '../../fibers/governor.js';
import type { RunLoop } from '../../fibers/run-loop.js';
import { ConnectionWatch } from '../connection-watch.js';
import { onUpgrade } from './on-upgrade.js';

/** The `ConnectionWatch` of an HTTP server: a connection is silent until the head of its first request has arrived. */
export class RequestWatch extends ConnectionWatch {
  /** Of the open ones, those that have left HTTP, as WebSockets do. */
  private upgraded: number = 0;

  constructor(server: Server, loop: RunLoop, entry: Entry, goal: number) {
    super(loop, entry, goal, 'no request on a connection');
    server.on('connection', (socket: Socket) => this.opened(socket));
    onUpgrade(server, (socket) => {
      this.heard(socket);
      this.upgraded++;
      socket.once('close', () => this.upgraded--);
    });
  }

  /** How many connections may bring requests. */
  get clients(): number {
    return this.open - this.upgraded;
  }
}

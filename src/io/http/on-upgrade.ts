import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Calls `f` with each connection that leaves HTTP, by an upgrade or as a tunnel, before others are told. Where somebody listens
 * Node answers no such request itself, so it listens only while others do.
 */
export function onUpgrade(server: Server, f: (socket: Socket) => void): void {
  for (const event of ['upgrade', 'connect']) {
    const tell = (_request: IncomingMessage, socket: Socket): void => f(socket);
    const tells = (): boolean => server.listeners(event).includes(tell);
    if (server.listenerCount(event) > 0) server.prependListener(event, tell);
    server.on('newListener', (name, listener) => {
      if (name === event && listener !== tell && !tells()) server.prependListener(event, tell);
    });
    server.on('removeListener', (name) => {
      if (name === event && server.listenerCount(event) === 1 && tells()) server.off(event, tell);
    });
  }
}

import type { Socket } from 'node:net';

/**
 * The socket that carries a connection: the plain one below one that is secured, else itself. A server hears of that one
 * when it accepts it, and of the other when the handshake is over. Node has no public word for it, and what their
 * addresses would tell is nothing on Unix sockets.
 */
export function plainSocketOf(socket: Socket): Socket {
  return (socket as { _parent?: Socket | null })._parent ?? socket;
}

import type { Socket } from 'node:net';

/**
 * The socket that carries a connection: of a TLS socket the plain one below it, otherwise the socket itself. A server
 * sees the plain one when it accepts, the TLS one after the handshake. Node has no public API for this, and matching
 * them by address fails on Unix sockets.
 */
export function plainSocketOf(socket: Socket): Socket {
  return (socket as { _parent?: Socket | null })._parent ?? socket;
}

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

/**
 * Closes a connection at once and drops what was not sent. Over plain TCP the other side sees a reset, not an end; TLS and
 * Unix sockets know no such thing.
 */
export function reset(socket: Socket): void {
  const resettable = !(socket instanceof TLSSocket) && socket.remoteFamily !== undefined;
  // A socket cannot be reset while its shutdown is in progress: Node would then leave the descriptor open.
  const ending = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0;
  if (resettable && !ending && !socket.destroyed) socket.resetAndDestroy();
  else socket.destroy();
}

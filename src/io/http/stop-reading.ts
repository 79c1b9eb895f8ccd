import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

type HttpSocket = Socket & { _paused?: boolean; parser?: { resume(): void } | null };

/**
 * Reads no more requests from a connection of a server, after those that have been read already. Node goes on after each
 * request unless its own mark says not to; it takes that off when something of an answer has left, so that to ask once is
 * not enough. Over TLS it cannot: what is decrypted already still comes, which Node's parser takes for an error by then.
 */
export function stopReading(socket: HttpSocket): void {
  if (socket instanceof TLSSocket) return;
  socket._paused = true;
  socket.pause();
}

export function readOn(socket: HttpSocket): void {
  if (socket._paused !== true || socket instanceof TLSSocket) return;
  socket._paused = false;
  socket.parser?.resume();
  socket.resume();
}

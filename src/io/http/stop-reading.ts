import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

type HttpSocket = Socket & { _paused?: boolean; parser?: { resume(): void } | null };

/**
 * Reads no more requests from a connection of a server, after those that have been read already. Node goes on after each
 * request unless its own mark says not to; it takes that off when something of an answer has left, so that to ask once is
 * not enough.
 */
export function stopReading(socket: HttpSocket): void {
  socket._paused = true;
  socket.pause();
  // Over TLS what is decrypted already still comes, which Node's parser takes for an error by then, as long as it reads the
  // connection itself. Once somebody has listened for data it does no more, and gets them by the stream, which waits.
  if (socket instanceof TLSSocket) socket.on('data', ignore).off('data', ignore);
}

export function readOn(socket: HttpSocket): void {
  if (socket._paused !== true) return;
  socket._paused = false;
  socket.parser?.resume();
  socket.resume();
}

function ignore(): void {}

import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

type HttpSocket = Socket & { _paused?: boolean; parser?: { resume(): void } | null };

/**
 * Reads no more requests from a connection of a server, after those that have been read already. Node goes on reading
 * after each request unless its own flag `_paused` is set, and clears that flag when part of an answer has left: so
 * this has to be called again with each further request.
 */
export function stopReading(socket: HttpSocket): void {
  socket._paused = true;
  socket.pause();
  mayBePaused(socket);
}

/**
 * Makes ready a connection whose reading is going to be paused, by `stopReading` or by Node. Over TLS, data that is
 * decrypted already still arrives then, and Node's parser, as long as it reads from the handle itself, takes it for an
 * error. Listening for data once ends that: from then on the parser gets its data from the stream, which waits.
 */
export function mayBePaused(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.on('data', ignore).off('data', ignore);
}

export function readOn(socket: HttpSocket): void {
  if (socket._paused !== true) return;
  socket._paused = false;
  socket.parser?.resume();
  socket.resume();
}

function ignore(): void {}

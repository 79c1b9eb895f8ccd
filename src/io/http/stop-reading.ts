import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

type HttpSocket = Socket & {
  _paused?: boolean;
  parser?: { resume(): void } | null;
  _handle?: { reading?: boolean; readStart(): unknown } | null;
};

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
 *
 * A handle that was stopped before, while the parser read from it, is started by nobody then: the stream thinks that it reads.
 */
export function mayBePaused(socket: HttpSocket): void {
  const { _handle: handle } = socket;
  if (!(socket instanceof TLSSocket)) return;
  socket.on('data', ignore).off('data', ignore);
  if (handle?.reading === false) socket.off('resume', startHandle).once('resume', startHandle);
}

function startHandle(this: HttpSocket): void {
  const { _handle: handle } = this;
  if (!handle || handle.reading !== false) return;
  handle.reading = true;
  handle.readStart();
}

export function readOn(socket: HttpSocket): void {
  if (socket._paused !== true) return;
  socket._paused = false;
  socket.parser?.resume();
  socket.resume();
}

function ignore(): void {}

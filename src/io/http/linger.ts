import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { clearTimeout, setTimeout } from 'node:timers';
import { LINGER_MS } from '../linger-ms.js';
import { canBeReused } from './can-be-reused.js';

/**
 * To be called before the answer to `message` is sent, which may be the last one of its connection. Node closes the
 * connection as soon as the answer has left; while the client still sends its request, that resets the connection, and
 * the client loses the answer.
 */
export function lingerAfter(message: IncomingMessage): void {
  if (!canBeReused(message) && message.httpVersionMajor < 2) message.socket.destroySoon = endAndDrop;
}

/** Ends the connection and drops what still arrives, until the client ends it too; Node then closes the descriptor. */
function endAndDrop(this: Socket): void {
  // Nothing is parsed any more, neither the rest of the request nor what follows it. Listening for data takes the
  // connection from the parser, which had stopped it if the request was not read; the stream believes that it is being
  // read, hence `_read`.
  this.removeAllListeners('data').removeAllListeners('end').on('data', ignore).resume();
  this._read(0);
  this.end();
  const cut = setTimeout(() => this.destroy(), LINGER_MS).unref();
  this.once('close', () => clearTimeout(cut));
}

function ignore(): void {}

import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { LINGER_MS } from '../linger-ms.js';
import { canBeReused } from './can-be-reused.js';

/**
 * To be called before the answer to `message` is sent, which may be the last of its connection. Node closes that as soon as the
 * answer has left. While the client still sends the request it would then lose the answer: it gets a reset.
 */
export function lingerAfter(message: IncomingMessage): void {
  if (!canBeReused(message) && message.httpVersionMajor < 2) message.socket.destroySoon = endAndDrop;
}

/** Ends it, and drops what still comes until the client ends it, too, upon which Node closes the descriptor. */
function endAndDrop(this: Socket): void {
  // Neither the rest of the request nor what stands behind it is parsed any more. To listen takes the connection from the parser,
  // which had stopped it where the request was not read; the stream believes it is being read.
  this.removeAllListeners('data').removeAllListeners('end').on('data', ignore).resume();
  this._read(0);
  this.end();
  const cut = setTimeout(() => this.destroy(), LINGER_MS).unref();
  this.once('close', () => clearTimeout(cut));
}

function ignore(): void {}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { canBeReused } from './can-be-reused.js';
import { retryAfter } from './retry-after.js';

/** Answers 503 as cheaply as possible, at half the cost of a reply. */
export function refuse(message: IncomingMessage, response: ServerResponse, retryAfterMs: number): void {
  if (response.destroyed || response.headersSent) return;
  response.shouldKeepAlive &&= canBeReused(message);
  response.sendDate = false;
  response.writeHead(503, ['retry-after', retryAfter(retryAfterMs), 'content-length', '0']);
  response.end();
}

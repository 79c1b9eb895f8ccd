import type { IncomingMessage, ServerResponse } from 'node:http';
import { retryAfter } from './retry-after.js';

/** Answers 503, as cheaply as can be: half of what a reply costs. */
export function refuse(message: IncomingMessage, response: ServerResponse, retryAfterMs: number): void {
  if (response.destroyed || response.headersSent) return;
  // With what is left of the request unread the connection cannot be used again.
  response.shouldKeepAlive &&= message.complete || !hasBody(message);
  response.sendDate = false;
  response.writeHead(503, ['retry-after', retryAfter(retryAfterMs), 'content-length', '0']);
  response.end();
}

/** A request without a body is there as soon as its head is, although Node calls it complete only later. */
function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
}

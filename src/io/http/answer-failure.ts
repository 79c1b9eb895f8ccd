import type { IncomingMessage, ServerResponse } from 'node:http';
import { canBeReused } from './can-be-reused.js';
import { lingerAfter } from './linger.js';
import { sendWhole } from './send-reply.js';
import { statusOf } from './status-of.js';

/**
 * Answers with the status of what a handler threw; no head may have been sent. The client learns nothing about faults
 * of the program.
 */
export function sendFailure(message: IncomingMessage, response: ServerResponse, error: unknown): void {
  const known = statusOf(error);
  const body = known === null ? 'Internal Server Error' : (error as Error).message;
  response.shouldKeepAlive &&= canBeReused(message);
  lingerAfter(message);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  // It may be left from a head that could not be sent. HTTP/2 has no status message, and Node warns of one.
  if (message.httpVersionMajor < 2) response.statusMessage = '';
  sendWhole(response, known ?? 500, { 'content-type': 'text/plain; charset=utf-8' }, `${body}\n`);
}

import type { IncomingMessage, ServerResponse } from 'node:http';
import { OverloadError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { cutOff } from '../cut-off.js';
import { canBeReused } from './can-be-reused.js';
import { lingerAfter } from './linger.js';
import { refuse } from './refuse.js';
import { hasGone } from './response-state.js';
import { OVERLOADED_MS } from './retry-after.js';
import { sendWhole } from './send-reply.js';
import { statusOf } from './status-of.js';

/**
 * Ends the response of a handler that threw `error`: answers, or cuts off a reply that had begun. Calls `report` unless the error
 * is the answer, or follows from the client's having gone.
 */
export function answerFailure(
  message: IncomingMessage,
  response: ServerResponse,
  error: unknown,
  report: () => void,
): void {
  const answers = statusOf(error) !== null && !response.headersSent;
  if (!answers && !hasGone(response)) report();
  if (!response.headersSent) sendFailure(message, response, error);
  // A reply that was ended is complete, and on its way.
  else if (!response.writableEnded) cutOff(response);
}

/** The client learns nothing about faults of the program, nor about what it has too little of. */
function sendFailure(message: IncomingMessage, response: ServerResponse, error: unknown): void {
  lingerAfter(message);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  // It may be left from a head that could not be sent. HTTP/2 has no status message, and Node warns of one.
  if (message.httpVersionMajor < 2) response.statusMessage = '';
  if (isInstance(error, OverloadError)) return refuse(message, response, OVERLOADED_MS);
  response.shouldKeepAlive &&= canBeReused(message);
  const known = statusOf(error);
  const body = known === null ? 'Internal Server Error' : (error as Error).message;
  sendWhole(response, known ?? 500, { 'content-type': 'text/plain; charset=utf-8' }, `${body}\n`);
}

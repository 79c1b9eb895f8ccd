import { OverloadError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { HttpError } from '../../io/http/http-error.js';
import { OVERLOADED_MS, retryAfter } from '../../io/http/retry-after.js';
import { statusOf } from '../../io/http/status-of.js';

/**
 * What a handler threw, in a form that frameworks understand: with a `status`, if it is an answer to the client, and with
 * `headers`, if it tells when to try again.
 */
export function asHttpError(error: unknown): unknown {
  const status = statusOf(error);
  if (status === null || isInstance(error, HttpError)) return error;
  const answer = new HttpError(status, (error as Error).message, { cause: error });
  return isInstance(error, OverloadError) ? Object.assign(answer, { headers: RETRY }) : answer;
}

const RETRY = { 'retry-after': retryAfter(OVERLOADED_MS) };

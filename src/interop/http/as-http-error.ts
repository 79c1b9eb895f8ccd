import { isInstance } from '../../base/is-instance.js';
import { HttpError } from '../../io/http/http-error.js';
import { statusOf } from '../../io/http/status-of.js';

/** What a handler threw, in a form that frameworks understand: with a `status`, if it is an answer to the client. */
export function asHttpError(error: unknown): unknown {
  const status = statusOf(error);
  return status === null || isInstance(error, HttpError)
    ? error
    : new HttpError(status, (error as Error).message, { cause: error });
}

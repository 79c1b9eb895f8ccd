import { HeddleError } from '../../base/errors.js';
import type { ClientResponse } from './client.js';

/**
 * Another server has answered with something else than was hoped for. No `HttpError`: a handler that lets it pass answers
 * 500, since what a service behind it has not found its own client has not asked for, nor is to know where it was.
 */
export class ResponseError extends HeddleError {
  readonly code = 'ERR_HEDDLE_RESPONSE' as const;
  /** Its status says what; the body has been given up. */
  declare readonly response: ClientResponse;

  constructor(response: ClientResponse) {
    super(`${response.raw.url}: ${response.status} ${response.raw.statusText}`.trimEnd());
    // Not enumerable: printing the error would print what the connection is made of.
    Object.defineProperty(this, 'response', { value: response });
  }
}

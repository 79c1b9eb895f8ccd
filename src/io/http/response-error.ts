import { HeddleError } from '../../base/errors.js';
import type { ClientResponse } from './client.js';

/**
 * The status of a `fetch` response is not 200 to 299 (`expectOk`). Not an `HttpError`: a handler that lets it pass
 * answers 500, since a 404 of a service behind it is no answer to its own client, who must not learn the address of
 * that service either.
 */
export class ResponseError extends HeddleError {
  readonly code = 'ERR_HEDDLE_RESPONSE' as const;
  /** The response; its body has been cancelled. */
  declare readonly response: ClientResponse;

  constructor(response: ClientResponse) {
    super(`${response.raw.url}: ${response.status} ${response.raw.statusText}`.trimEnd());
    // Not enumerable: printing the error would print what the connection is made of.
    Object.defineProperty(this, 'response', { value: response });
  }
}

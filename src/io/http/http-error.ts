import { checkInteger } from '../../base/check.js';
import { HeddleError } from '../../base/errors.js';

/**
 * Thrown by a handler to answer with `status` and a message for the client. The client's fault, if 4xx. Of several that fibers
 * of the handler have thrown together the first is the answer.
 */
export class HttpError extends HeddleError {
  readonly code = 'ERR_HEDDLE_HTTP' as const;
  readonly status: number;

  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    checkInteger('status', status, 200, 999);
    this.status = status;
  }
}

import { checkInteger } from '../../base/check.js';
import { HeddleError } from '../../base/errors.js';

/**
 * Thrown by a handler to answer with `status` and with `message`, which the client sees. With 4xx the fault is the
 * client's. If several fibers of a handler throw one each, the first is the answer.
 */
export class HttpError extends HeddleError {
  readonly code = 'ERR_HEDDLE_HTTP' as const;
  readonly status: number;

  /** @throws `ArgumentError` unless `status` is an integer from 200 to 999. */
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    checkInteger('status', status, 200, 999);
    this.status = status;
  }
}

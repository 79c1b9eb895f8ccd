import { checkInteger } from '../../base/check.js';
import { HeddleError } from '../../base/errors.js';

/**
 * Thrown by a handler to answer with `status` and with `message`, which the client sees. With 4xx the fault is the
 * client's. If several fibers of a handler throw one each, the first is the answer.
 *
 * It has the properties by which Koa, Nest and others know an error of the package `http-errors`, and answer with it.
 */
export class HttpError extends HeddleError {
  readonly code = 'ERR_HEDDLE_HTTP' as const;
  readonly status: number;
  /** The same number, for frameworks. */
  declare readonly statusCode: number;
  /** That the client may see the message, for frameworks. */
  declare readonly expose: true;

  /** @throws `ArgumentError` unless `status` is an integer from 200 to 999. */
  constructor(status: number, message: string, options?: ErrorOptions) {
    super(message, options);
    checkInteger('status', status, 200, 999);
    this.status = status;
    // Not enumerable, so that it prints itself without them; writable, since frameworks assign to what they are given.
    Object.defineProperties(this, {
      statusCode: { value: status, writable: true, configurable: true },
      expose: { value: true, writable: true, configurable: true },
    });
  }
}

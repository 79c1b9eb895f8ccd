import { OverloadError, TooLargeError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { HttpError } from './http-error.js';

/** The status for what a handler threw, where that is an answer to the client; null for a fault of the program. */
export function statusOf(error: unknown): number | null {
  if (isInstance(error, HttpError)) return error.status;
  if (isInstance(error, TooLargeError)) return 413;
  return isInstance(error, OverloadError) ? 503 : null;
}

import { OverloadError, TooLargeError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import { HttpError } from './http-error.js';

/** The status that answers what a handler threw; null for a fault of the program. */
export function statusOf(error: unknown): number | null {
  if (isInstance(error, HttpError)) return error.status;
  if (isInstance(error, TooLargeError)) return 413;
  return isInstance(error, OverloadError) ? 503 : null;
}

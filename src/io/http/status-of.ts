import { OverloadError, TooLargeError } from '../../base/errors.js';
import { firstOf } from '../../base/first-of.js';
import { isInstance } from '../../base/is-instance.js';
import { HttpError } from './http-error.js';

/** The status that answers what a handler threw; null for a fault of the program. */
export function statusOf(error: unknown): number | null {
  if (isInstance(error, HttpError)) return error.status;
  if (isInstance(error, TooLargeError)) return 413;
  return isInstance(error, OverloadError) ? 503 : null;
}

/**
 * The error that answers a failed request: of several thrown together the first, if each of them has a status;
 * otherwise `error`.
 */
export function answerOf(error: unknown): unknown {
  return firstOf(error, (one) => statusOf(one) !== null);
}

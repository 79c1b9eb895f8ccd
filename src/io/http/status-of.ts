import { OverloadError, TooLargeError } from '../../base/errors.js';
import { HttpError } from './http-error.js';

/** The status for what a handler threw, where that is an answer to the client; null for a fault of the program. */
export function statusOf(error: unknown): number | null {
  if (error instanceof HttpError) return error.status;
  if (error instanceof TooLargeError) return 413;
  return error instanceof OverloadError ? 503 : null;
}

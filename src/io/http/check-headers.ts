import { expected } from '../../base/check.js';

/** Throws `ArgumentError` for a `Headers`, a `Map` or an array, of which nothing would be sent. */
export function checkHeaders(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    throw expected('headers', 'an object of names and values', headers);
}

import { expected } from '../../base/check.js';

/** Of a `Headers` or a map of the web nothing would be sent. */
export function checkHeaders(headers: unknown): void {
  if (typeof headers !== 'object' || headers === null || Symbol.iterator in headers)
    throw expected('headers', 'an object of names and values', headers);
}

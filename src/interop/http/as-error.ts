import { describe } from '../../base/check.js';
import { isInstance } from '../../base/is-instance.js';

/**
 * What a handler threw, as an `Error`: frameworks ignore other thrown values, or take them for a reply. It has the properties of
 * a thrown object, such as `statusCode` and `message`.
 */
export function asError(thrown: unknown): Error {
  if (isInstance(thrown, Error)) return thrown;
  const error = new Error(`The handler threw ${describe(thrown)}`, { cause: thrown });
  try {
    return typeof thrown === 'object' ? Object.assign(error, thrown) : error;
  } catch {
    // A getter of it throws, and nobody would be answered.
    return error;
  }
}

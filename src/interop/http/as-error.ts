import { describe } from '../../base/check.js';
import { isInstance } from '../../base/is-instance.js';

/** What a handler threw, as an `Error`: frameworks ignore other thrown values, or take them for a reply. */
export function asError(thrown: unknown): Error {
  return isInstance(thrown, Error) ? thrown : new Error(`The handler threw ${describe(thrown)}`, { cause: thrown });
}

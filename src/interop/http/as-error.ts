import { describe } from '../../base/check.js';
import { isInstance } from '../../base/is-instance.js';

/** What a handler threw, for a framework that tells nobody of anything but an `Error`, or takes it for a reply. */
export function asError(thrown: unknown): Error {
  return isInstance(thrown, Error) ? thrown : new Error(`The handler threw ${describe(thrown)}`, { cause: thrown });
}

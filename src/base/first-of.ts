import { isInstance } from './is-instance.js';

/**
 * The error to judge where `isExpected` decides what becomes of an error: of several that a scope has thrown together the first,
 * if each is expected; otherwise the error itself.
 */
export function firstOf(error: unknown, isExpected: (error: unknown) => boolean): unknown {
  if (isExpected(error) || !isInstance(error, AggregateError)) return error;
  const all = error.errors.map((one) => firstOf(one, isExpected));
  return all.length > 0 && all.every(isExpected) ? all[0] : error;
}

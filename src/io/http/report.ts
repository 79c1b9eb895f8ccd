import { isPromise } from '../../base/check.js';
import { tellWhere } from '../../fibers/tell-where.js';

/**
 * Passes what a handler threw to `onError`; without one, prints it after `subject`. What `onError` throws, or a promise
 * of it is rejected with, is printed: it would end the process.
 */
export function report<Q>(
  error: unknown,
  request: Q,
  onError: ((error: unknown, request: Q) => unknown) | undefined,
  subject: string,
): void {
  tellWhere(error);
  try {
    // The first argument is a format, in which a `%` of a path would consume the error.
    if (onError === undefined) return console.error('%s:', subject, error);
    const told = onError(error, request);
    if (isPromise(told)) told.then(undefined, (second: unknown) => console.error(second));
  } catch (second) {
    console.error(second);
  }
}

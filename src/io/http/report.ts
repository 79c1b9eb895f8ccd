import { isPromise } from '../../base/check.js';
import { tellWhere } from '../../fibers/tell-where.js';

/**
 * Tells `onError` what a handler threw, or prints it as what `subject` came to. What goes wrong with that is printed, be it
 * thrown or a promise's: it would end the process.
 */
export function report<Q>(
  error: unknown,
  request: Q,
  onError: ((error: unknown, request: Q) => unknown) | undefined,
  subject: string,
): void {
  tellWhere(error);
  try {
    // What comes first is a format, in which the escapes of a path would take the error's place.
    if (onError === undefined) return console.error('%s:', subject, error);
    const told = onError(error, request);
    if (isPromise(told)) told.then(undefined, (second: unknown) => console.error(second));
  } catch (second) {
    console.error(second);
  }
}

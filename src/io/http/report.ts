import { isPromise } from '../../base/check.js';
import { tellWhere } from '../../fibers/tell-where.js';
import { printError } from '../print-error.js';

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
    if (onError === undefined) return printError(error, subject);
    const told = onError(error, request);
    if (isPromise(told)) told.then(undefined, (second: unknown) => printError(second));
  } catch (second) {
    printError(second);
  }
}

import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { currentFiber } from './current.js';

/**
 * Whether `error` was thrown because the current fiber is cancelled, so that it has to be passed on. What a scope of its
 * own threw, which the fiber cancelled itself, is an error like others out here.
 */
export function isCancellation(error: unknown): error is CancelledError {
  return isInstance(error, CancelledError) && currentFiber('isCancellation').interruption !== null;
}

import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { currentFiber } from './current.js';

/**
 * Whether `error` was thrown because the current fiber is cancelled, and so has to be passed on. A `CancelledError` from an
 * inner scope that the fiber has cancelled itself is, outside that scope, an error like any other.
 */
export function isCancellation(error: unknown): error is CancelledError {
  return isInstance(error, CancelledError) && currentFiber('isCancellation').interruption !== null;
}

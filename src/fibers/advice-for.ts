import { isPromise } from '../base/check.js';

/** What to do about `value`, which stands where an operation is expected. */
export function adviceFor(value: unknown): string {
  if (isPromise(value)) return 'to wait for a promise write `yield* until(promise)`';
  return typeof value === 'function' ? 'it has to be called first' : 'is it a function*?';
}

import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { current } from './current.js';

/**
 * Adds to an error the call chain of the running fiber, as is done for every error that leaves a fiber. For errors that leave it
 * in another way: a server reports them, a promise is rejected with them. Not to a `CancelledError`, which others get, too.
 */
export function tellWhere(error: unknown): void {
  const { fiber } = current;
  if (fiber !== null && !isInstance(error, CancelledError)) fiber.loop.recorder?.failed(fiber, error);
}

import { current } from './current.js';

/**
 * Adds to an error the call chain of the running fiber, as is done for every error that leaves a fiber. For errors that a server
 * reports and its fiber survives.
 */
export function tellWhere(error: unknown): void {
  const { fiber } = current;
  if (fiber !== null) fiber.loop.recorder?.failed(fiber, error);
}

import { current } from './current.js';

/**
 * Gives an error the stack that the running fiber has in its reader's mind, as every error gets that leaves a fiber:
 * for those that a server reports and a fiber survives.
 */
export function tellWhere(error: unknown): void {
  const { fiber } = current;
  if (fiber !== null) fiber.loop.recorder?.failed(fiber, error);
}

import type { Fiber } from './fiber.js';

/** Whether `fiber` is a daemon of the innermost scope that it is in; of a scope that it has opened itself it is the body. */
export function isDaemon(fiber: Fiber): boolean {
  return fiber.extras !== null && fiber.extras.daemon && fiber.scope.host !== fiber;
}

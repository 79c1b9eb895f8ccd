import type { Fiber } from '../fibers/fiber.js';
import type { Suspension } from '../fibers/suspension.js';

/** Since when `fiber`, which is waiting, has been, in ms of the loop's clock. */
export function waitingSince(fiber: Fiber): number {
  return (fiber.suspension as Suspension).since!;
}

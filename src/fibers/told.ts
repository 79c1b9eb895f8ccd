import type { CancelledError } from '../base/errors.js';
import type { Fiber } from './fiber.js';

/** The cancellation of a fiber that has one, to be thrown into it now. */
export function tell(fiber: Fiber): CancelledError {
  return (fiber.more().told = fiber.interruption!);
}

/**
 * Whether a cancelled fiber has had its cancellation thrown into it already. What it has run since is cleanup, which meets the
 * cancellation again where it waits, but not where it only gives way by force, as between two iterations of a loop. Only the
 * last cancellation is remembered; a shield, in which others may be thrown, restores the one outside it (`toldBefore`).
 */
export function isTold(fiber: Fiber): boolean {
  return fiber.extras !== null && fiber.extras.told === fiber.interruption;
}

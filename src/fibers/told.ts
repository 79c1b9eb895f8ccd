import type { CancelledError } from '../base/errors.js';
import type { Fiber } from './fiber.js';

/** The cancellation of a fiber that has one, to be thrown into it now. */
export function tell(fiber: Fiber): CancelledError {
  return (fiber.more().told = fiber.interruption!);
}

/**
 * Whether a cancelled fiber had its cancellation thrown into it already. What it runs since is its cleanup: that meets the
 * cancellation again where it waits, but not where it is only made to give way, as between two iterations of a loop. The last one
 * is remembered, and within a shield, where others may be thrown, the one outside of it (`toldBefore`).
 */
export function isTold(fiber: Fiber): boolean {
  return fiber.more().told === fiber.interruption;
}

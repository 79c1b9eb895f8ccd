import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fiber } from '../../fibers/fiber.js';
import type { Scope } from '../../fibers/scope.js';

/** A fiber, and its innermost scope when it began to wait for a task. */
export interface Place {
  readonly fiber: Fiber;
  readonly scope: Scope;
}

/**
 * Tells the parts of a composed task where `fromTask` waits for it: fp-ts starts them in microtasks, outside of any fiber.
 */
export const places: AsyncLocalStorage<Place | undefined> = new AsyncLocalStorage();

export function placeOf(fiber: Fiber): Place {
  return { fiber, scope: fiber.scope };
}

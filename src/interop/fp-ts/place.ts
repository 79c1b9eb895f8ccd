import { AsyncLocalStorage } from 'node:async_hooks';
import type { Fiber } from '../../fibers/fiber.js';
import type { Scope } from '../../fibers/scope.js';

/** A fiber, and the scope that was its innermost when it began to wait for a task. */
export interface Place {
  readonly fiber: Fiber;
  readonly scope: Scope;
}

/**
 * Where `fromTask` waits, for the tasks that its task is composed of: fp-ts begins these in microtasks, which are no
 * fiber's.
 */
export const places: AsyncLocalStorage<Place | undefined> = new AsyncLocalStorage();

export function placeOf(fiber: Fiber): Place {
  return { fiber, scope: fiber.scope };
}

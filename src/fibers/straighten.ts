import type { Fiber } from './fiber.js';
import { segmentScope, unlinkSegment } from './segment.js';
import { shield } from './shield.js';
import type { Leaf } from './operation.js';
import { COMPLETED, iteratedByHand, Suspension } from './suspension.js';
import { isTold, tell } from './told.js';
import { closeScope } from './with-scope.js';

/**
 * If a fiber that was set aside before its newest segment began has been cancelled since, ends that segment before it begins,
 * so that the call throws: a recursion that never suspends could not be stopped otherwise. Two things do begin: a shield, since
 * cancellation must not prevent what it protects, and what a fiber calls that has been told already.
 *
 * @returns whether the segment was ended
 */
export function stopAside(fiber: Fiber): boolean {
  const { interruption, frame, generator } = fiber;
  if (interruption === null || frame === null || generator instanceof shield || isTold(fiber)) return false;
  if (fiber.scope !== segmentScope(fiber)) return false;
  unlinkSegment(fiber, true, tell(fiber));
  return true;
}

/** Whether the code of the newest segment has ended without waiting for where it is parked, or without closing a scope. */
export function isAstray(fiber: Fiber): boolean {
  return fiber.suspension !== null || fiber.scope !== segmentScope(fiber);
}

/**
 * Repairs a fiber whose code has run past the suspension that it is parked at: `const [a, b] = all(…)` or for…of
 * iterated an operation where `yield*` was meant, or two fibers ran one generator. It cannot end now, since what it
 * is parked at will still wake it, and scopes that it left open have members. So it stays parked until that wait is
 * over, which is made to be as soon as possible, then closes those scopes and throws.
 */
export function straighten(fiber: Fiber, error: unknown = iteratedByHand(fiber.suspension)): void {
  fiber.generator = unwind(fiber, error);
  const base = segmentScope(fiber);
  for (let scope = fiber.scope; scope !== base; scope = scope.parent!)
    scope.cancel('its operation was left unfinished');
  const waiting = fiber.suspension;
  if (fiber.isRunning) fiber.requeue();
  else if (waiting instanceof Suspension) waiting.interrupt(error);
}

/** Closes the scopes that the newest segment has left open, then throws. */
function* unwind(fiber: Fiber, error: unknown): Generator<Leaf, never, unknown> {
  const waited = fiber.suspension;
  if (waited instanceof Suspension && waited.phase === COMPLETED) waited.leave();
  fiber.suspension = null;
  const base = segmentScope(fiber);
  while (fiber.scope !== base) {
    try {
      yield* closeScope(fiber.scope, fiber);
    } catch {
      // A consequence of having been stopped; `error` is the cause.
    }
  }
  throw error;
}

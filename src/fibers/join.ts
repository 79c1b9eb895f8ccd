import { FiberCancelledError, MisuseError } from '../base/errors.js';
import type { Fiber } from './fiber.js';
import { Label } from './label.js';
import { SuspensionKind } from './suspension.js';

/** What `join` throws for a fiber that has ended without a result. */
export function joinError(fiber: Fiber): unknown {
  if (fiber.hasFailed) return fiber.outcome;
  return new FiberCancelledError(`Fiber ${fiber.id} (${fiber.name}) was cancelled, so it has no result to join`, {
    cause: fiber.outcome,
  });
}

/** Waits for the end of a fiber. */
export const JOIN: SuspensionKind<Fiber, undefined, unknown> = new SuspensionKind({
  label: new Label('join'),
  attempt(suspension, joiner) {
    const fiber = suspension.subject;
    if (fiber === joiner)
      throw new MisuseError(`Fiber ${fiber.id} (${fiber.name}) joins itself: it would wait for ever`);
    if (!fiber.hasEnded) return false;
    if (fiber.hasFailed || fiber.wasCancelled) throw joinError(fiber);
    return suspension.finish(fiber.outcome);
  },
  arm(suspension) {
    const fiber = suspension.subject;
    fiber.joiners.push(suspension);
  },
  abort(suspension) {
    const fiber = suspension.subject;
    // Once it has ended, this is being answered, as is another branch of the same select.
    if (!fiber.hasEnded) fiber.joiners.remove(suspension);
  },
});

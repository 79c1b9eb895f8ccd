import * as Cause from 'effect/Cause';
import { FiberCancelledError } from '../../base/errors.js';

/**
 * The whole `Cause` behind an error that `fromEffect` threw: which of it was a typed failure and which a defect, what
 * else failed beside it, and Effect's traces. Undefined for any other error, and for failures that are not objects.
 *
 * @example
 * try {
 *   return yield* fromEffect(load);
 * } catch (error) {
 *   const cause = causeOf(error);
 *   if (cause === undefined || !Cause.hasFails(cause)) throw error; // a defect
 *   return fallback;
 * }
 */
export function causeOf(error: unknown): Cause.Cause<unknown> | undefined {
  return isObject(error) ? CAUSES.get(error) : undefined;
}

/**
 * What straight-line code gets to see of a cause: what `Effect.runPromise` rejects with, that is the first typed failure
 * itself, else the first defect. The very object, so that `instanceof`, and an `HttpError`, keep their meaning.
 */
export function thrownFor(cause: Cause.Cause<unknown>): unknown {
  const error = Cause.hasInterruptsOnly(cause)
    ? new FiberCancelledError('The Effect was interrupted from within, so it has no result')
    : Cause.squash(cause);
  if (isObject(error)) CAUSES.set(error, cause);
  return error;
}

/** Weak, and beside the error: one that is frozen, or of another library, is not to be written on. */
const CAUSES = new WeakMap<object, Cause.Cause<unknown>>();

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

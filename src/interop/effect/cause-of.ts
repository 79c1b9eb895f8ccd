import * as Cause from 'effect/Cause';
import { FiberCancelledError } from '../../base/errors.js';

/**
 * The whole `Cause` of an error that `fromEffect` threw: it tells typed failures from defects, what else failed at the same
 * time, and Effect's traces. Undefined for any other error, and for failures that are not objects. A plain call.
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
 * What straight-line code sees of a cause: what `Effect.runPromise` rejects with, which is the first typed failure or else the
 * first defect. It is the very object, not a wrapper, so that `instanceof` works and an `HttpError` stays an answer.
 */
export function thrownFor(cause: Cause.Cause<unknown>): unknown {
  const error = Cause.hasInterruptsOnly(cause)
    ? new FiberCancelledError('The Effect was interrupted from within, so it has no result')
    : Cause.squash(cause);
  if (isObject(error)) CAUSES.set(error, cause);
  return error;
}

/** A side table, since errors may be frozen or belong to other libraries. */
const CAUSES = new WeakMap<object, Cause.Cause<unknown>>();

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

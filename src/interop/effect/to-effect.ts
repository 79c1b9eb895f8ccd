import * as Cause from 'effect/Cause';
import * as Effect from 'effect/Effect';
import { checkFunction, checkOptions } from '../../base/check.js';
import { MisuseError } from '../../base/errors.js';
import type { Operation } from '../../fibers/operation.js';
import { launch, type Ending, type Home } from '../launch.js';
import { causeOf } from './cause-of.js';
import { HOME } from './host.js';

export interface ToEffectOptions<E> {
  /**
   * Maps what the operation threw to a typed failure, as in `Effect.tryPromise`. What it throws itself is a defect, so it can
   * rethrow what it does not know. Not called for a defect or an interruption of an Effect inside the operation.
   */
  readonly catch: (error: unknown) => E;
}

/**
 * Makes an Effect from an operation. The operation runs in a fiber of its own: with the fiber-locals of the fiber that runs the
 * Effect or, if none does, in a shared runtime; `provideRuntime` names another. It belongs to the Effect and to no scope of
 * that fiber: only interrupting the Effect stops it. A plain call.
 *
 * What the operation throws is a defect, unless `catch` makes a typed failure of it. Interrupting the Effect cancels the
 * operation and waits until it has cleaned up; an operation that is cancelled from within interrupts the Effect.
 *
 * @param operation an operation, which can run only once; or a function that makes one, if the Effect may run several times.
 * @throws `ArgumentError`. The second run of an Effect that was made from an operation behaves as if that threw a `MisuseError`.
 *
 * @example
 * const page = toEffect(() => crawl(url), {
 *   catch: (error) => {
 *     if (error instanceof IoError) return error;
 *     throw error;
 *   },
 * });
 * const pages = page.pipe(Effect.retry({ times: 3 }));
 */
export function toEffect<A>(operation: Operation<A> | (() => Operation<A>)): Effect.Effect<A>;
export function toEffect<A, E>(
  operation: Operation<A> | (() => Operation<A>),
  options: ToEffectOptions<E>,
): Effect.Effect<A, E>;
export function toEffect<A, E>(
  operation: Operation<A> | (() => Operation<A>),
  options?: ToEffectOptions<E>,
): Effect.Effect<A, E> {
  const make = maker(operation);
  const toFailure = failureMaker(options);
  return Effect.withFiber((fiber) =>
    Effect.callback<A, E>((resume) => start(fiber.getRef(HOME), make, (ending) => resume(effectOf(ending, toFailure)))),
  );
}

/** Launches the operation and returns the Effect that stops it: it cancels the operation and completes once that has ended. */
export function start<A>(
  home: Home,
  make: () => Operation<A>,
  ended: (ending: Ending<A>) => void,
): Effect.Effect<void> {
  let last: Ending<A> | null = null;
  let tell = ended;
  const launched = launch(home, make, (ending) => {
    last = ending;
    tell(ending);
  });
  return Effect.callback((resume) => {
    tell = (ending) => resume(ending.status === 'failed' ? effectOf<void, never>(ending, undefined) : Effect.void);
    if (last !== null) tell(last);
    else launched.cancel('the Effect was interrupted');
  });
}

/** The Effect that completes as the operation ended. */
export function effectOf<A, E>(ending: Ending<A>, toFailure: ((error: unknown) => E) | undefined): Effect.Effect<A, E> {
  if (ending.status === 'succeeded') return Effect.succeed(ending.value);
  if (ending.status === 'cancelled') return Effect.interrupt;
  const { error } = ending;
  const cause = causeOf(error);
  // An Effect inside the operation has died or was interrupted: `catch` handles that no more than Effect's `catch` does.
  if (cause !== undefined && !Cause.hasFails(cause)) return Effect.failCause(cause as Cause.Cause<never>);
  if (toFailure === undefined) return Effect.die(error);
  try {
    return Effect.fail(toFailure(error));
  } catch (defect) {
    return Effect.die(defect);
  }
}

/** @throws `ArgumentError` at once, rather than as a defect of the Effect once something has been thrown. */
export function failureMaker<E>(options: ToEffectOptions<E> | undefined): ((error: unknown) => E) | undefined {
  if (options === undefined) return undefined;
  checkOptions(options);
  checkFunction('catch', options.catch);
  return options.catch;
}

/** An operation runs once: run again, a finished generator would silently return undefined. */
export function maker<A>(operation: Operation<A> | (() => Operation<A>)): () => Operation<A> {
  if (typeof operation === 'function') return operation;
  let used = false;
  return () => {
    if (used)
      throw new MisuseError(
        'An operation runs once, and this Effect has been run already: give `toEffect` a function that makes the operation, ' +
          '`toEffect(() => operation())`',
      );
    used = true;
    return operation;
  };
}

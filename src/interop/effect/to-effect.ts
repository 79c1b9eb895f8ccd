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
   * Makes the typed failure of what the operation threw, as in `Effect.tryPromise`. What it throws itself is a defect, so
   * that it may pass on what it does not know. Not asked about what an Effect in the operation has died of.
   */
  readonly catch: (error: unknown) => E;
}

/**
 * Makes an Effect of an operation. It runs as a fiber, for the fiber that runs the Effect, with its fiber-locals, or, where
 * none does, in a runtime (`provideRuntime`). It is the Effect's, and in no scope of that fiber: what interrupts the Effect
 * stops it, and nothing else.
 *
 * What the operation throws is a defect, unless `catch` makes a typed failure of it. Interrupting the Effect cancels the
 * operation and waits until it has cleaned up; an operation that is cancelled from its own side interrupts the Effect.
 *
 * @param operation an operation, which can run once, or, for an Effect that may be run again, a function that makes one.
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

/**
 * Launches the operation and returns the Effect that stops it: cancels it, and is over when it is.
 */
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

/** An ending in Effect's words. */
export function effectOf<A, E>(ending: Ending<A>, toFailure: ((error: unknown) => E) | undefined): Effect.Effect<A, E> {
  if (ending.status === 'succeeded') return Effect.succeed(ending.value);
  if (ending.status === 'cancelled') return Effect.interrupt;
  const { error } = ending;
  const cause = causeOf(error);
  // An Effect inside of the operation has died or was interrupted, which is nothing to be caught here as there.
  if (cause !== undefined && !Cause.hasFails(cause)) return Effect.failCause(cause as Cause.Cause<never>);
  if (toFailure === undefined) return Effect.die(error);
  try {
    return Effect.fail(toFailure(error));
  } catch (defect) {
    return Effect.die(defect);
  }
}

/** @throws `ArgumentError` now, and not as a defect of the Effect when something has been thrown. */
export function failureMaker<E>(options: ToEffectOptions<E> | undefined): ((error: unknown) => E) | undefined {
  if (options === undefined) return undefined;
  checkOptions(options);
  checkFunction('catch', options.catch);
  return options.catch;
}

/** An operation runs once, and a generator that has ended would say nothing, but return undefined. */
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

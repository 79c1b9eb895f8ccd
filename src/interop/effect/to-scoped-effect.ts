import * as Effect from 'effect/Effect';
import * as Scope from 'effect/Scope';
import type { Operation } from '../../fibers/operation.js';
import { inSegment } from '../../fibers/segment.js';
import { suspend } from '../../fibers/suspend.js';
import { HOME } from './host.js';
import { effectOf, failureMaker, maker, start, type ToEffectOptions } from './to-effect.js';

/**
 * As `toEffect`, for an operation that opens something: the scope in which it runs stays open, with what it has spawned and
 * deferred there, until the Effect's `Scope` closes, which waits for it. What fails in it after the operation has returned is
 * a defect of that closing.
 *
 * @example
 * const server = yield* toScopedEffect(() => listen({ port: 8080 })); // closed with the scope of the Effect
 */
export function toScopedEffect<A>(operation: Operation<A> | (() => Operation<A>)): Effect.Effect<A, never, Scope.Scope>;
export function toScopedEffect<A, E>(
  operation: Operation<A> | (() => Operation<A>),
  options: ToEffectOptions<E>,
): Effect.Effect<A, E, Scope.Scope>;
export function toScopedEffect<A, E>(
  operation: Operation<A> | (() => Operation<A>),
  options?: ToEffectOptions<E>,
): Effect.Effect<A, E, Scope.Scope> {
  const make = maker(operation);
  const toFailure = failureMaker(options);
  return Effect.flatMap(Scope.Scope, (scope) =>
    Effect.withFiber((fiber) =>
      Effect.callback<A, E>((resume) => {
        let ready = false;
        const stop = start(
          fiber.getRef(HOME),
          () =>
            open(make, (value) => {
              ready = true;
              // Added before the Effect continues, and uninterruptibly: at every moment something would close it.
              resume(Effect.as(Effect.uninterruptible(Scope.addFinalizer(scope, stop)), value));
            }),
          (ending) => {
            if (!ready) resume(effectOf<A, E>(ending as never, toFailure));
          },
        );
        return stop;
      }),
    ),
  );
}

function* open<A>(make: () => Operation<A>, ready: (value: A) => void): Operation<never> {
  ready(yield* inSegment(make()));
  return yield* suspend();
}

import * as Context from 'effect/Context';
import type { Effect } from 'effect/Effect';
import * as Exit from 'effect/Exit';
import * as Scope from 'effect/Scope';
import { expected } from '../../base/check.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope as HeddleScope } from '../../fibers/scope.js';
import { causeOf } from './cause-of.js';
import { fromEffect } from './from-effect.js';

/**
 * As `fromEffect`, for an Effect that acquires something: its `Scope` is tied to the innermost scope of the fiber, and what it
 * has acquired is released when that ends, in order with the other cleanups there. Also turns a `Layer` into services.
 *
 * @example
 * const services = yield* fromScopedEffect(Layer.build(AppLayer));
 * const user = yield* fromEffect(findUser(id), services);
 */
export function fromScopedEffect<A, E>(effect: Effect<A, E, Scope.Scope>): Operation<A>;
export function fromScopedEffect<A, E, R>(
  effect: Effect<A, E, R>,
  services: Context.Context<Exclude<R, Scope.Scope>>,
): Operation<A>;
export function* fromScopedEffect<A, E, R>(
  effect: Effect<A, E, R>,
  services: Context.Context<Exclude<R, Scope.Scope>> = Context.empty() as Context.Context<Exclude<R, Scope.Scope>>,
): Operation<A> {
  if (!Context.isContext(services)) throw expected('services', 'a Context', services);
  const owner = currentFiber('fromScopedEffect').scope;
  const scope = Scope.makeUnsafe();
  const forget = owner.addCleanup(() => fromEffect(Scope.close(scope, exitOf(owner))));
  try {
    return yield* fromEffect(effect, Context.add(services, Scope.Scope, scope) as Context.Context<R>);
  } finally {
    // Nothing was acquired, so leave nothing in a scope that may be long-lived. A finalizer added later runs at once.
    if (scope.state._tag === 'Empty') {
      Scope.closeUnsafe(scope, Exit.void);
      forget();
    }
  }
}

/** How the scope ends, for finalizers that look at it: by a failure, a cancellation, or successfully. */
function exitOf({ cancellation }: HeddleScope): Exit.Exit<void, unknown> {
  if (cancellation === null) return Exit.void;
  const { cause } = cancellation;
  if (cause === undefined) return Exit.interrupt();
  const known = causeOf(cause);
  return known === undefined ? Exit.die(cause) : Exit.failCause(known);
}

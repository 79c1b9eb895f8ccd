import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { asFiber } from '../fibers/as-fiber.js';
import { Fiber } from '../fibers/fiber.js';
import { isCancellation } from '../fibers/is-cancellation.js';
import type { Operation } from '../fibers/operation.js';
import { Scope, type ScopeOptions } from '../fibers/scope.js';
import { scope } from '../fibers/with-scope.js';
import { Runtime } from '../runtime.js';

/** How a launched operation has ended, after everything in it has. */
export type Ending<T> =
  | { readonly status: 'succeeded'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'cancelled'; readonly error: CancelledError };

/** A launched operation, for the side that is no fiber. */
export interface Launched {
  /** Asks it to stop; it has when its ending is told. */
  cancel(reason: string): void;
}

/**
 * Where an operation is to run that another library starts: for a fiber, with its fiber-locals, but in none of its scopes,
 * in a scope, as if whoever runs now had spawned it there, or in a runtime, as a run of its own.
 */
export type Home = Fiber | Scope | Runtime;

/**
 * Starts `make()` at `home`, from any code, and tells `ended` how it went. What fails is `ended`'s business alone, and
 * not the scope's: whoever has asked for the operation decides what its failure means.
 */
export function launch<T>(home: Home, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  if (home instanceof Runtime) return asRun(home, make, ended);
  if (home instanceof Fiber) return asOwn(home, make, ended);
  return asMember(home, make, ended);
}

/**
 * Only who has launched it ends it, and waits for it: a library that knows when what it has begun is over. The scopes that the
 * fiber has open at that moment may be about something else, and a scope that ends waits for its fibers before it does what
 * would tell the library to end this one.
 */
function asOwn<T>(fiber: Fiber, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  // The fiber is its host for those who ask who waits for whom, and has not opened it.
  const own = new Scope(fiber.loop, null, fiber, OUT_OF_REACH);
  // Whatever fiber happens to run now, the new one takes its fiber-locals, and the place it comes from, from `fiber`.
  const launched = asFiber(fiber, () => asMember(own, make, ended));
  own.end();
  return launched;
}

const OUT_OF_REACH: ScopeOptions = { deadline: Infinity, shielded: true };

function asMember<T>(scope: Scope, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  return scope.startMember(make, guarded(make, ended), false);
}

function asRun<T>(runtime: Runtime, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  const { root, result } = asFiber(null, () => runtime.start(make));
  result.then(
    (value) => ended({ status: 'succeeded', value }),
    (error) => ended(failure(error)),
  );
  return root;
}

/** Its own scope, so that what it spawned has ended too when `ended` is told. */
function* guarded<T>(make: () => Operation<T>, ended: (ending: Ending<T>) => void): Operation<void> {
  let ending: Ending<T>;
  try {
    ending = { status: 'succeeded', value: yield* scope(() => make()) };
  } catch (error) {
    ending = failure(error);
    // Passed on only if it is this fiber's: one that a scope of the operation's own threw is nobody's but the asker's.
    if (isCancellation(error)) {
      ended(ending);
      throw error;
    }
  }
  ended(ending);
}

function failure(error: unknown): Ending<never> {
  return isInstance(error, CancelledError) ? { status: 'cancelled', error } : { status: 'failed', error };
}

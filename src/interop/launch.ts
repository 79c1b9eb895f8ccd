import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { asFiber } from '../fibers/as-fiber.js';
import { Fiber } from '../fibers/fiber.js';
import { isCancellation } from '../fibers/is-cancellation.js';
import type { Operation } from '../fibers/operation.js';
import { Scope, type ScopeOptions } from '../fibers/scope.js';
import { tellWhere } from '../fibers/tell-where.js';
import { scope } from '../fibers/with-scope.js';
import { Runtime } from '../runtime.js';

/** How a launched operation ended; known once everything in it has ended. */
export type Ending<T> =
  | { readonly status: 'succeeded'; readonly value: T }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'cancelled'; readonly error: CancelledError };

/** A launched operation, as seen from code outside of fibers. */
export interface Launched {
  /** Asks it to stop. Does not wait: it has stopped when its ending is reported. */
  cancel(reason: string): void;
}

/**
 * Where to run an operation that another library starts: on behalf of a fiber, with its fiber-locals but in none of its
 * scopes; in a scope, as if the current fiber had spawned it there; or in a runtime, as a run of its own.
 */
export type Home = Fiber | Scope | Runtime;

/**
 * Starts `make()` at `home`, from any code, and reports to `ended` how it ended. A failure goes to `ended` alone, and does not
 * fail the scope: whoever asked for the operation decides what its failure means.
 */
export function launch<T>(home: Home, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  if (home instanceof Runtime) return asRun(home, make, ended);
  if (home instanceof Fiber) return asOwn(home, make, ended);
  return asMember(home, make, ended);
}

/**
 * On behalf of a fiber, but in none of its scopes: only the library that launched it ends it and waits for it. The scopes
 * that the fiber has open at the moment may be unrelated. And a scope that ends waits for its fibers before it runs its
 * cleanups, one of which may be what would make the library end this operation.
 */
function asOwn<T>(fiber: Fiber, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  // The fiber has not opened it, but is its host for tools that show who waits for whom.
  const own = new Scope(fiber.loop, null, fiber, OUT_OF_REACH);
  // The new fiber gets its fiber-locals and its origin from `fiber`, whichever fiber is running now.
  const launched = asFiber(fiber, () => asMember(own, make, ended));
  own.end();
  return launched;
}

const OUT_OF_REACH: ScopeOptions = { deadline: Infinity, shielded: true };

function asMember<T>(owner: Scope, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  return owner.startMember(make, guarded(make, ended), false);
}

function asRun<T>(runtime: Runtime, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  const { root, result } = asFiber(null, () => runtime.start(make));
  result.then(
    (value) => ended({ status: 'succeeded', value }),
    (error) => ended(failure(error)),
  );
  return root;
}

/** In a scope of its own, so that what it spawned has ended too when `ended` is called. */
function* guarded<T>(make: () => Operation<T>, ended: (ending: Ending<T>) => void): Operation<void> {
  let ending: Ending<T>;
  try {
    ending = { status: 'succeeded', value: yield* scope(() => make()) };
  } catch (error) {
    ending = failure(error);
    // Rethrown only if this fiber is cancelled: one thrown by a scope inside the operation concerns only `ended`.
    if (isCancellation(error)) {
      ended(ending);
      throw error;
    }
    tellWhere(error);
  }
  ended(ending);
}

function failure(error: unknown): Ending<never> {
  return isInstance(error, CancelledError) ? { status: 'cancelled', error } : { status: 'failed', error };
}

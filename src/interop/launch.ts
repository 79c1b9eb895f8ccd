import { CancelledError } from '../base/errors.js';
import { current } from '../fibers/current.js';
import { Fiber } from '../fibers/fiber.js';
import type { Operation } from '../fibers/operation.js';
import { inSegment } from '../fibers/segment.js';
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
 * Where an operation is to run that another library starts: beside a fiber, as if that had spawned it in its innermost
 * scope, or in a runtime, as a run of its own.
 */
export type Home = Fiber | Runtime;

/**
 * Starts `make()` at `home`, from any code, and tells `ended` how it went. What fails is `ended`'s business alone, and
 * not the scope's: whoever has asked for the operation decides what its failure means.
 */
export function launch<T>(home: Home, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  return home instanceof Runtime ? asRun(home, make, ended) : asMember(home, make, ended);
}

function asMember<T>(home: Fiber, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  // Whatever fiber happens to run now, the new one takes its fiber-locals, and the place it comes from, from `home`.
  return as(home, () => home.scope.startMember(make, guarded(make, ended), false));
}

function asRun<T>(runtime: Runtime, make: () => Operation<T>, ended: (ending: Ending<T>) => void): Launched {
  const { root, result } = as(null, () => runtime.start(make));
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
    ending = { status: 'succeeded', value: yield* scope(() => inSegment(make())) };
  } catch (error) {
    ending = failure(error);
  }
  ended(ending);
  if (ending.status === 'cancelled') throw ending.error;
}

function failure(error: unknown): Ending<never> {
  return error instanceof CancelledError ? { status: 'cancelled', error } : { status: 'failed', error };
}

/** Calls `f` as if `fiber` were the one that runs. */
function as<T>(fiber: Fiber | null, f: () => T): T {
  const running = current.fiber;
  const { chain } = current;
  if (running !== fiber) {
    current.fiber = fiber;
    current.chain = fiber === null ? null : fiber.chain;
  }
  try {
    return f();
  } finally {
    current.fiber = running;
    current.chain = chain;
  }
}

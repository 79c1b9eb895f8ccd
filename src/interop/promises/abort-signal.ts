import { setMaxListeners } from 'node:events';
import type { Operation } from '../../fibers/operation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';
import { suspend } from '../../fibers/suspend.js';

/**
 * The `AbortSignal` of a scope: aborted when the scope is cancelled or its fibers have ended, before the call that opened
 * it returns, so that no listener outlives the scope. A scope has one, made on first use. A plain call.
 *
 * For work that belongs to a whole scope, such as a subscription. For a single wait use `abortable`, which has a signal of its
 * own and waits until the work has stopped; so should thousands of concurrent calls of `fetch`, since each searches through
 * all listeners of its signal.
 *
 * @param scope the innermost one of the current fiber unless given.
 * @throws `MisuseError` outside of fibers without `scope`; `ScopeClosedError` if `scope` has ended; `ArgumentError`.
 *
 * @example
 * emitter.on('tick', show, { signal: abortSignal() });
 */
export function abortSignal(scope?: ScopeHandle): AbortSignal {
  const owner = ownerOf('abortSignal', scope);
  let controller = CONTROLLERS.get(owner);
  if (controller !== undefined) return controller.signal;
  controller = new AbortController();
  owner.spawnDaemon(watchScope, controller);
  // Any number of fibers may listen, and all end with the scope, so a warning about a leak would be false.
  setMaxListeners(0, controller.signal);
  CONTROLLERS.set(owner, controller);
  return controller.signal;
}

/** A fiber of its own, so that only scopes that are asked for a signal pay for one. */
function* watchScope(controller: AbortController): Operation<void> {
  try {
    yield* suspend();
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}

const CONTROLLERS: WeakMap<ScopeHandle, AbortController> = new WeakMap();

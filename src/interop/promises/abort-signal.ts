import { setMaxListeners } from 'node:events';
import type { Operation } from '../../fibers/operation.js';
import { ownerOf } from '../../fibers/owner-of.js';
import type { ScopeHandle } from '../../fibers/scope.js';
import { suspend } from '../../fibers/suspend.js';

/**
 * The signal of a scope: aborted when the scope is cancelled or its fibers have ended, before the call that opened it
 * returns, so that nothing which listens to it outlives the scope. One for each scope, made when it is first asked for.
 * A plain call.
 *
 * For work that belongs to a whole scope, such as a subscription. A wait has a signal of its own in `abortable`, which
 * also waits until the work has stopped; thousands of calls of `fetch` at once are better off with that, since each call
 * searches through all listeners of its signal.
 *
 * @param scope whose; the innermost one of the current fiber unless given.
 * @throws `MisuseError` outside of fibers without `scope`; `ScopeClosedError` if that has ended.
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
  // Every fiber of the scope may listen: their number says nothing about a leak, since all end with the scope.
  setMaxListeners(0, controller.signal);
  CONTROLLERS.set(owner, controller);
  return controller.signal;
}

/** Scopes do not know of signals: one that is asked for costs a fiber, the others nothing. */
function* watchScope(controller: AbortController): Operation<void> {
  try {
    yield* suspend();
  } catch (error) {
    controller.abort(error);
    throw error;
  }
}

const CONTROLLERS: WeakMap<ScopeHandle, AbortController> = new WeakMap();

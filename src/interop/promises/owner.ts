import { currentFiber } from '../../fibers/current.js';
import type { ScopeHandle } from '../../fibers/scope.js';

/** The scope that was given, or the innermost one of the current fiber. */
export function ownerOf(what: string, given: ScopeHandle | undefined): ScopeHandle {
  return given ?? currentFiber(what).scope;
}

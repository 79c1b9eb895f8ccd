import { currentFiber } from '../../fibers/current.js';
import type { Scope, ScopeHandle } from '../../fibers/scope.js';

/** The scope that was given (there is but one class of them), or the innermost one of the current fiber. */
export function ownerOf(what: string, given: ScopeHandle | undefined): Scope {
  return (given as Scope | undefined) ?? currentFiber(what).scope;
}

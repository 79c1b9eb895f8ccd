import { expected } from '../base/check.js';
import { currentFiber } from './current.js';
import { Scope, type ScopeHandle } from './scope.js';

/** The given scope, or the innermost one of the current fiber; throws `ArgumentError` for anything else. */
export function ownerOf(what: string, given: ScopeHandle | undefined): Scope {
  if (given === undefined) return currentFiber(what).scope;
  if (!(given instanceof Scope)) throw expected('scope', 'a scope', given);
  return given;
}

/**
 * The door `heddle/cls-hooked`: for `cls-hooked`. Importing it makes all namespaces follow fibers: a fiber begins with the
 * context that was active where it was spawned, and keeps the one that it enters across its suspensions.
 */
import { checkFunction } from '../base/check.js';
import { CancelledError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import type { Operation } from '../fibers/operation.js';
import { checkOperation, inSegment } from '../fibers/segment.js';
import { inContext } from './context/in-context.js';
import { follow } from './context/layers.js';
import { NamespaceContext } from './context/namespace-context.js';

/** The part of a namespace that `runIn` needs. */
export interface ClsNamespace {
  run(f: (context: object) => void): unknown;
}

/**
 * Runs an operation in a new context of `namespace`, derived from the active one: `namespace.runPromise` for operations.
 *
 * @param f makes the operation; its argument is the new context.
 * @returns what the operation returns.
 * @throws what the operation throws, from which `namespace.fromException` gets the context, as after `run`;
 * `ArgumentError`.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * yield* runIn(requests, function* () {
 *   requests.set('id', id);
 *   return yield* handle(request);
 * });
 */
export function runIn<T>(namespace: ClsNamespace, f: (context: object) => Operation<T>): Operation<T> {
  checkFunction('namespace.run', namespace?.run);
  checkFunction('f', f);
  return inContext<[context: object], T>(
    (body) => namespace.run(body),
    (context) => marked(context, checkOperation(f(context), f)),
  );
}

function* marked<T>(context: object, operation: Operation<T>): Operation<T> {
  try {
    return yield* inSegment(operation);
  } catch (error) {
    // A CancelledError is shared by all fibers that it reaches.
    const mark = typeof error === 'object' && error !== null && !isInstance(error, CancelledError);
    if (mark) markError(error, context);
    throw error;
  }
}

/** A frozen error stays without a context, which is better than replacing it by another one. */
function markError(error: object, context: object): void {
  try {
    Object.assign(error, { [CONTEXT_OF_ERROR]: context });
  } catch {}
}

/** `ERROR_SYMBOL` of `cls-hooked`. */
const CONTEXT_OF_ERROR = 'error@context';

follow('namespaces', (inner) => new NamespaceContext(inner));

import type { Either } from 'fp-ts/lib/Either.js';
import { checkFunction } from '../../base/check.js';
import { CancelledError } from '../../base/errors.js';
import { firstOf } from '../../base/first-of.js';
import { isInstance } from '../../base/is-instance.js';
import type { Operation } from '../../fibers/operation.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';

/** An error class, as `attempt` takes it. */
export type ErrorClass<E extends Error = Error> = abstract new (...args: never) => E;

/**
 * Runs an operation and returns an `Either`: its result on the right, an expected error on the left. Anything else that it
 * throws is a defect and is rethrown. Cancellation is never caught.
 *
 * - `attempt(operation, NotFound, Forbidden)`: errors of these classes are expected; of several in an `AggregateError` the
 *   first, if all are.
 * - `attempt(operation, (error) => …)`: the left is what the function returns; what it throws is thrown.
 * - `attempt(operation)`: any `Error` is expected.
 *
 * @throws what is not expected; `ArgumentError`; `MisuseError` if `operation` is not one.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * const user = yield* attempt(findUser(id), NotFound); // Either<NotFound, User>
 */
export function attempt<A>(operation: Operation<A>): Operation<Either<Error, A>>;
export function attempt<A, E>(operation: Operation<A>, onThrow: (error: unknown) => E): Operation<Either<E, A>>;
export function attempt<A, C extends readonly [ErrorClass, ...ErrorClass[]]>(
  operation: Operation<A>,
  ...expected: C
): Operation<Either<InstanceType<C[number]>, A>>;
export function* attempt<A>(
  operation: Operation<A>,
  ...expected: readonly (ErrorClass | ((error: unknown) => unknown))[]
): Operation<Either<unknown, A>> {
  const toLeft = leftOf(expected);
  const checked = checkOperation(operation);
  try {
    return { _tag: 'Right', right: yield* inSegment(checked) };
  } catch (error) {
    if (isInstance(error, CancelledError)) throw error;
    return { _tag: 'Left', left: toLeft(error) };
  }
}

/** Returns the function that maps a thrown value to the left, or throws. */
export function leftOf(expected: readonly (ErrorClass | ((error: unknown) => unknown))[]): (error: unknown) => unknown {
  for (const one of expected) checkFunction('expected', one);
  const [first] = expected;
  if (first !== undefined && !isErrorClass(first)) return first;
  const classes = (expected.length === 0 ? [Error] : expected) as readonly ErrorClass[];
  const isExpected = (error: unknown): boolean => classes.some((one) => isInstance(error, one));
  return (error) => {
    const first = firstOf(error, isExpected);
    if (isExpected(first)) return first;
    throw error;
  };
}

function isErrorClass(value: ErrorClass | ((error: unknown) => unknown)): value is ErrorClass {
  return value === Error || (value.prototype as unknown) instanceof Error;
}

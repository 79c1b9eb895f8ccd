import type { Either } from 'fp-ts/lib/Either.js';
import type { Option } from 'fp-ts/lib/Option.js';
import { checkFunction, expected } from '../../base/check.js';
import { HeddleError } from '../../base/errors.js';
import type { Operation } from '../../fibers/operation.js';
import { checkOperation, inSegment } from '../../fibers/segment.js';

/** `fromOption` was given a none. The program's fault: handle the none first, or pass `onNone` to throw something better. */
export class NoneError extends HeddleError {
  readonly code = 'ERR_HEDDLE_NONE' as const;
}

/**
 * Unwraps an `Either`: returns the right, throws the left as it is. `attempt` is the inverse.
 *
 * @throws the left; `ArgumentError` if it is not an `Either`.
 * Suspends: never. If cancelled: returns or throws all the same.
 *
 * @example
 * const order = yield* fromEither(parseOrder(body));
 */
export function* fromEither<E, A>(either: Either<E, A>): Operation<A> {
  if (either?._tag === 'Left') throw either.left;
  if (either?._tag !== 'Right') throw expected('either', 'an Either', either);
  return either.right;
}

/**
 * Unwraps an `Option`: returns its value.
 *
 * @param onNone makes what is thrown if there is no value; a `NoneError` unless given.
 * @throws what `onNone` returns; `ArgumentError` if it is not an `Option`.
 * Suspends: never. If cancelled: returns or throws all the same.
 */
export function* fromOption<A>(option: Option<A>, onNone: () => unknown = noValue): Operation<A> {
  checkFunction('onNone', onNone);
  if (option?._tag === 'None') throw onNone();
  if (option?._tag !== 'Some') throw expected('option', 'an Option', option);
  return option.value;
}

/**
 * Runs an operation and returns an `Option`: none for null and undefined, with which heddle says that there is nothing (the
 * end of a stream, a `moveOnAfter` that ran out of time).
 *
 * @throws what the operation throws.
 * Suspends: as the operation does. If cancelled: as the operation is.
 *
 * @example
 * const quick = yield* toOption(moveOnAfter(20, lookUp(key)));
 */
export function* toOption<A>(operation: Operation<A>): Operation<Option<NonNullable<A>>> {
  const value = yield* inSegment(checkOperation(operation));
  return value === null || value === undefined ? { _tag: 'None' } : { _tag: 'Some', value };
}

function noValue(): NoneError {
  return new NoneError('There is no value: the Option is none');
}

import type { Either } from 'fp-ts/lib/Either.js';
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { checkFunction, checkOptions, expected } from '../../base/check.js';
import { asFiber } from '../../fibers/as-fiber.js';
import { current } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { Runtime } from '../../runtime.js';
import { promiseOf } from '../promise-of.js';
import { sharedRuntime } from '../shared-runtime.js';
import { attempt } from './attempt.js';
import { placeOf, places } from './place.js';

export interface TaskOptions {
  /** Where it runs if no fiber calls the task or waits for it; unless given those share one, made when it is first needed. */
  readonly runtime?: Runtime;
}

/**
 * Makes a `Task` of what makes an operation. Each call runs it as a fiber: of the scope of the fiber that calls it, or waits by
 * `fromTask` for what it is composed into, else in a runtime.
 *
 * The promise is rejected with what the operation throws: a task is for what does not fail, `toTaskEither` for the rest.
 */
export function toTask<A>(make: () => Operation<A>, options: TaskOptions = {}): Task<A> {
  checkFunction('make', make);
  checkTaskOptions(options);
  return () => {
    const place = current.fiber === null ? places.getStore() : placeOf(current.fiber);
    if (place === undefined) return promiseOf(options.runtime ?? sharedRuntime(), make);
    // Not in the store: the run loop's next turn may begin here, and is everybody's.
    return places.run(undefined, () => asFiber(place.fiber, () => promiseOf(place.scope, make)));
  };
}

/**
 * As `toTask`; what the operation throws is the left, if `onThrow` makes one of it. What that throws, and a cancellation,
 * rejects the promise.
 *
 * @example
 * const page = toTaskEither(() => crawl(url), (error) => {
 *   if (error instanceof IoError) return error;
 *   throw error;
 * });
 */
export function toTaskEither<E, A>(
  make: () => Operation<A>,
  onThrow: (error: unknown) => E,
  options: TaskOptions = {},
): TaskEither<E, A> {
  checkFunction('make', make);
  checkFunction('onThrow', onThrow);
  return toTask<Either<E, A>>(() => attempt<A, E>(make(), onThrow), options);
}

/** As `toTaskEither`, for an operation that needs an environment. */
export function toReaderTaskEither<R, E, A>(
  make: (environment: R) => Operation<A>,
  onThrow: (error: unknown) => E,
  options: TaskOptions = {},
): ReaderTaskEither<R, E, A> {
  checkFunction('make', make);
  checkFunction('onThrow', onThrow);
  checkTaskOptions(options);
  return (environment) => toTaskEither(() => make(environment), onThrow, options);
}

function checkTaskOptions(options: TaskOptions): void {
  checkOptions(options);
  const { runtime } = options;
  if (runtime !== undefined && !(runtime instanceof Runtime))
    throw expected('runtime', 'a Runtime, as `new Runtime()` makes one', runtime);
}

import type { Either } from 'fp-ts/lib/Either.js';
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { checkFunction, expected } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { asFiber } from '../../fibers/as-fiber.js';
import { current } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { Runtime } from '../../runtime.js';
import { promiseOf } from '../promise-of.js';
import { sharedRuntime } from '../shared-runtime.js';
import { attempt } from './attempt.js';
import { placeOf, places } from './place.js';

export interface TaskOptions {
  /** Runs the operation if no fiber calls the task or waits for it; one shared by all such operations unless given. */
  readonly runtime?: Runtime;
}

/**
 * Makes a `Task` from a function that makes an operation. Each call of the task runs a new operation in a fiber. That belongs to
 * the innermost scope of the fiber that calls the task, or that waits with `fromTask` for a task composed from it; outside
 * of fibers it runs in a runtime.
 *
 * What the operation throws rejects the promise. A `Task` is for what cannot fail: for the rest use `toTaskEither`.
 *
 * @throws `ArgumentError`.
 */
export function toTask<A>(make: () => Operation<A>, options: TaskOptions = {}): Task<A> {
  checkFunction('make', make);
  checkTaskOptions(options);
  return () => {
    const place = current.fiber === null ? places.getStore() : placeOf(current.fiber);
    if (place === undefined) return promiseOf(options.runtime ?? sharedRuntime(), make);
    // With the store cleared: the run loop may schedule its next turn here, and that must not inherit the place.
    return places.run(undefined, () => asFiber(place.fiber, () => promiseOf(place.scope, make)));
  };
}

/**
 * As `toTask`, for a `TaskEither`: the left is what `onThrow` makes of what the operation threw. What `onThrow` throws, or a
 * cancellation, rejects the promise.
 *
 * @throws `ArgumentError`.
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

/** As `toTaskEither`, for an operation that needs an environment. Throws `ArgumentError`. */
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
  checkKnown('toTask', options, { runtime: true });
  const { runtime } = options;
  if (runtime !== undefined && !(runtime instanceof Runtime))
    throw expected('runtime', 'a Runtime, as `new Runtime()` makes one', runtime);
}

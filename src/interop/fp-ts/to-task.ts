import type { Either } from 'fp-ts/lib/Either.js';
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { checkFunction, checkOptions } from '../../base/check.js';
import { current } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Runtime } from '../../runtime.js';
import { promiseOf } from '../promise-of.js';
import { sharedRuntime } from '../shared-runtime.js';
import { attempt } from './attempt.js';

export interface TaskOptions {
  /** Where it runs if no fiber calls the task; otherwise those share one that is made when it is first needed. */
  readonly runtime?: Runtime;
}

/**
 * Makes a `Task` of what makes an operation. Each call runs it as a fiber: of the scope of the fiber that calls, else in
 * a runtime.
 *
 * The promise is rejected with what the operation throws: a task is for what does not fail, `toTaskEither` for the rest.
 */
export function toTask<A>(make: () => Operation<A>, options: TaskOptions = {}): Task<A> {
  checkFunction('make', make);
  checkOptions(options);
  return () => promiseOf(current.fiber?.scope ?? options.runtime ?? sharedRuntime(), make);
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
  return (environment) => toTaskEither(() => make(environment), onThrow, options);
}

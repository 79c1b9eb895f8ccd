import type { Either } from 'fp-ts/lib/Either.js';
import type { ReaderTaskEither } from 'fp-ts/lib/ReaderTaskEither.js';
import type { Task } from 'fp-ts/lib/Task.js';
import type { TaskEither } from 'fp-ts/lib/TaskEither.js';
import { checkFunction, expected, isPromise } from '../../base/check.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { until } from '../../fibers/until.js';
import { fromEither } from './data.js';
import { placeOf, places } from './place.js';

/**
 * Runs a `Task` and returns its result.
 *
 * @param name how the graph shows the wait.
 * @throws what the task was rejected with; `ArgumentError` if it is not a function that returns a promise.
 * Suspends: always. If cancelled: throws at once and forgets the task, whose work goes on, since a task cannot be stopped.
 * But tasks made by `toTask`, alone or composed into this one, run in the scope that waits here, and are cancelled with it.
 */
export function fromTask<A>(task: Task<A>, name?: string): Operation<A> {
  checkFunction('task', task);
  // A lazy thenable: the task is begun by the wait itself, so a cancelled fiber does not begin it.
  // oxlint-disable-next-line unicorn/no-thenable
  return until<A>({ then: (succeed, fail) => begun(task).then(succeed, fail) }, name);
}

function begun<A>(task: Task<A>): Promise<A> {
  const promise = places.run(placeOf(currentFiber('fromTask')), task);
  if (!isPromise(promise)) throw expected('task', 'a function that returns a promise', promise);
  return promise;
}

/**
 * Runs a `TaskEither`, as `fromTask` does: returns the right, throws the left as it is.
 *
 * @example
 * const user = yield* fromTaskEither(findUser(id));
 */
export function* fromTaskEither<E, A>(task: TaskEither<E, A>, name?: string): Operation<A> {
  return yield* fromEither<E, A>(yield* fromTask<Either<E, A>>(task, name));
}

/** Runs a `ReaderTaskEither` in `environment`, as `fromTaskEither` does. */
export function* fromReaderTaskEither<R, E, A>(
  reader: ReaderTaskEither<R, E, A>,
  environment: R,
  name?: string,
): Operation<A> {
  checkFunction('reader', reader);
  return yield* fromTaskEither(reader(environment), name);
}

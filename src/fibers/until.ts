import { expected, isPromise } from '../base/check.js';
import { unheard } from '../base/unheard.js';
import { Label } from './label.js';
import { namedKinds } from './named-kinds.js';
import type { Operation } from './operation.js';
import { Suspension, SuspensionKind } from './suspension.js';

/**
 * Waits for a promise and returns its value.
 *
 * @param name how the graph shows the wait: `until(db.query)`.
 * @throws what it was rejected with; `ArgumentError` if it is no promise.
 * Suspends: always. If cancelled: throws at once and forgets the promise, whose work goes on; where the work can be
 * stopped, `abortable` does so. `abortable` is also for what has to be given back, such as a client of a pool: it waits for
 * the promise and returns its value all the same.
 *
 * @example
 * import { readFile } from 'node:fs/promises';
 *
 * const text = yield* until(readFile('package.json', 'utf8'), 'readFile');
 */
export function until<T>(promise: PromiseLike<T>, name?: string): Operation<T>;
/** One of several promises, as in `until(known ? update(user) : insert(user))`: TypeScript infers no `T` for these. */
export function until<P extends PromiseLike<unknown>>(promise: P, name?: string): Operation<Awaited<P>>;
export function until<T>(promise: PromiseLike<T>, name?: string): Operation<T> {
  if (!isPromise(promise)) throw expected('promise', 'a promise', promise);
  // A cancelled fiber never gets to wait for it, and then its rejection must not end the process. Lazy thenables, which begin
  // their work when `then` is called, are left alone.
  unheard(promise);
  return new Suspension<T>(kindOf(name), promise, undefined);
}

const kindOf = namedKinds(
  (name) =>
    new SuspensionKind<PromiseLike<unknown>, Wait | undefined>({
      label: new Label('until', name),
      arm(suspension) {
        const wait: Wait = { suspension };
        suspension.argument = wait;
        suspension.subject.then(
          (value) => wait.suspension?.complete(value),
          (error) => wait.suspension?.fail(error),
        );
      },
      abort({ argument: wait }) {
        wait!.suspension = null;
      },
    }),
);

/**
 * What the promise refers to, until it is settled: one that tells of a stop may be waited for with every message, and would keep
 * what the other branches of each `select` have received.
 */
interface Wait {
  suspension: Suspension | null;
}

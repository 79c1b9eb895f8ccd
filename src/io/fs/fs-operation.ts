import { HeddleError, IoError } from '../../base/errors.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { thrownError } from '../thrown.js';

/** A callback of `node:fs`. */
export type Done<T> = (error: Error | null, result?: T) => void;

/**
 * What a cancellation does to a call that the thread pool already has, where nothing can stop it.
 *
 * - `forget`: the fiber goes on at once and the answer is dropped. For calls that change nothing.
 * - `wait`: the fiber waits for the answer and gets it, so that `CancelledError` always means that nothing was changed.
 *   Also for reads into the caller's memory, which would otherwise be written to later.
 */
export type WhenCancelled = 'forget' | 'wait';

/**
 * Makes an operation of a callback function of `node:fs`; the callback costs less than a promise.
 *
 * @param name what errors (`fs.stat`) and the graph (`fs(stat)`) call it.
 * @param start calls the function, which answers later. What it throws instead becomes an error as `thrownError` says.
 * @param late gets a result that arrives after its fiber has gone, to close it, and the arguments.
 */
export function fsOperation<A extends readonly unknown[], T>(
  name: string,
  whenCancelled: WhenCancelled,
  start: (...args: [...A, Done<T>]) => void,
  late?: (result: T, ...args: A) => void,
): (...args: A) => Operation<T> {
  const kind = new SuspensionKind<A, undefined, T>({
    label: new Label('fs', name),
    arm(suspension) {
      const fiber = suspension.fiber!;
      const { threadPool } = fiber.loop;
      const done: Done<T> = (error, result) => {
        threadPool.end();
        if (error) suspension.fail(fsError(name, error));
        else if (!suspension.complete(result as T)) late?.(result as T, ...(suspension.subject as A));
      };
      try {
        start(...suspension.subject, done);
        threadPool.begin(fiber);
      } catch (error) {
        suspension.fail(thrownError(`fs.${name}`, error));
      }
    },
    abort() {},
    undoable: whenCancelled === 'forget',
  });
  return (...args) => new Suspension<T>(kind, args, undefined);
}

export function fsError(name: string, error: Error): Error {
  return error instanceof HeddleError ? error : new IoError(`fs.${name}`, error);
}

/** Node names the file only where opening it failed; `no space left on device` without a name is no help. */
export function naming(path: string, error: NodeJS.ErrnoException): Error {
  if (error.path === undefined) {
    error.path = path;
    error.message += ` '${path}'`;
  }
  return error;
}

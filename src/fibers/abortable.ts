import { checkFunction, expected, isPromise } from '../base/check.js';
import { callAs } from './async-context.js';
import { Label } from './label.js';
import { namedKinds } from './named-kinds.js';
import type { Operation } from './operation.js';
import { Suspension, SuspensionKind } from './suspension.js';

/**
 * Runs an async function that can be stopped by an `AbortSignal`, and waits for its promise.
 *
 * @param name how the graph shows the wait.
 * @throws what the promise was rejected with; `ArgumentError` if `start` is no function, or returns no promise.
 * Suspends: always. If cancelled: aborts the signal and then waits for the promise to settle, so that the work has
 * stopped when `CancelledError` is thrown. If the work completes all the same, its value is returned.
 *
 * @example
 * const response = yield* abortable((signal) => fetch(url, { signal }), 'fetch');
 */
export function abortable<T>(start: (signal: AbortSignal) => PromiseLike<T>, name?: string): Operation<T>;
/** For a function that returns one of several promises: TypeScript infers no `T` for these. */
export function abortable<P extends PromiseLike<unknown>>(
  start: (signal: AbortSignal) => P,
  name?: string,
): Operation<Awaited<P>>;
export function abortable<T>(start: (signal: AbortSignal) => PromiseLike<T>, name?: string): Operation<T> {
  checkFunction('start', start);
  return new Suspension<T>(kindOf(name), start, undefined);
}

const kindOf = namedKinds(
  (name) =>
    new SuspensionKind({
      label: new Label('abortable', name),
      arm(suspension) {
        const controller = new AbortController();
        suspension.argument = controller;
        const promise = (suspension.subject as (signal: AbortSignal) => PromiseLike<unknown>)(controller.signal);
        if (!isPromise(promise)) throw expected('start', 'a function that returns a promise', promise);
        promise.then(
          (value) => suspension.complete(value),
          // What the work rejects with after an abort is only its way of saying that it stopped.
          (error) => suspension.fail(controller.signal.aborted ? controller.signal.reason : error),
        );
      },
      abort(suspension) {
        const fiber = suspension.fiber!;
        callAs(fiber, () => (suspension.argument as AbortController).abort(fiber.interruption ?? undefined));
      },
      undoable: false,
    }),
);

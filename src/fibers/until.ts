import { expected } from '../base/check.js';
import { Label } from './label.js';
import type { Operation } from './operation.js';
import { Suspension, SuspensionKind } from './suspension.js';

/**
 * Waits for a promise and returns its value, or throws what it was rejected with.
 *
 * Suspends: always. If cancelled: throws at once and forgets the promise, whose work goes on; where the work can be
 * stopped, `abortable` does so.
 *
 * @param name how the graph shows the wait: `until(db.query)`.
 */
export function until<T>(promise: PromiseLike<T>, name?: string): Operation<T> {
  if (typeof promise?.then !== 'function') throw expected('promise', 'a promise', promise);
  // A cancelled fiber never comes to wait for it; its rejection must not end the process then. Lazy thenables, which
  // begin their work when `then` is called, are left alone.
  if (promise instanceof Promise) promise.then(undefined, ignore);
  return new Suspension<T>(name === undefined ? UNTIL : kind(name), promise, undefined);
}

function ignore(): void {}

const NAMED = new Map<string, SuspensionKind>();

/** Kinds by name: a program has few names and many waits. Past the bound they are made anew, which only costs time. */
function kind(name: string): SuspensionKind {
  let found = NAMED.get(name);
  if (found !== undefined) return found;
  found = untilKind(new Label('until', name));
  if (NAMED.size < 1000) NAMED.set(name, found);
  return found;
}

function untilKind(label: Label): SuspensionKind {
  return new SuspensionKind({
    label,
    arm(suspension) {
      (suspension.subject as PromiseLike<unknown>).then(
        (value) => suspension.complete(value),
        (error) => suspension.fail(error),
      );
    },
    abort: () => true,
  });
}

const UNTIL: SuspensionKind = untilKind(new Label('until'));

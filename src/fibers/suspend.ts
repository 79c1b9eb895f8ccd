import { checkFunction, expected } from '../base/check.js';
import { callAs } from './async-context.js';
import { Label } from './label.js';
import { namedKinds } from './named-kinds.js';
import type { Operation } from './operation.js';
import { Suspension, SuspensionKind } from './suspension.js';

/** How the outside answers a suspended fiber; the first call counts, later ones are ignored. */
export interface Resume<T> {
  (value: T): void;
  /** Throws `error` at the `yield*`. */
  fail(error: unknown): void;
}

/**
 * Waits for a callback. `register` is given the function that resumes the fiber, and returns one that undoes the registration,
 * which is called if the wait is cancelled. Without `register` it waits until it is cancelled.
 *
 * @param name how the graph shows the wait.
 * @throws what `register` or undoing throws, or what `resume.fail` was given; what `register` throws after it has resumed the
 * fiber is a failure of the scope. `ArgumentError`.
 * Suspends: always. If cancelled: undoes the registration and throws.
 *
 * @example
 * const line = yield* suspend<string>((resume) => {
 *   readline.once('line', resume);
 *   return () => readline.off('line', resume);
 * }, 'line');
 */
export function suspend(): Operation<never>;
export function suspend<T>(register: (resume: Resume<T>) => void | (() => void), name?: string): Operation<T>;
export function suspend<T>(register?: (resume: Resume<T>) => void | (() => void), name?: string): Operation<T> {
  if (register === undefined) return new Suspension<T>(FOREVER, undefined, undefined);
  checkFunction('register', register);
  return new Suspension<T>(kindOf(name), register, undefined);
}

/** Stands for the undo function once the wait has been aborted, perhaps by `register` itself. */
const ABORTED = Symbol('aborted');

const kindOf = namedKinds(
  (name) =>
    new SuspensionKind({
      label: new Label('suspend', name),
      arm(suspension) {
        const register = suspension.subject as (resume: Resume<unknown>) => void | (() => void);
        const resume: Resume<unknown> = Object.assign((value: unknown) => void suspension.complete(value), {
          fail: (error: unknown) => void suspension.fail(error),
        });
        let undo: void | (() => void);
        try {
          undo = register(resume);
          if (typeof undo !== 'function' && (undo ?? null) !== null)
            throw expected('register', 'a function that returns nothing, or how to undo what it did', undo);
        } catch (error) {
          return failed(suspension, error);
        }
        if (suspension.argument === ABORTED) takeBack(suspension, undo);
        else suspension.argument = undo;
      },
      abort(suspension) {
        const undo = suspension.argument as void | (() => void);
        suspension.argument = ABORTED;
        takeBack(suspension, undo);
      },
    }),
);

function takeBack(suspension: Suspension, undo: void | (() => void)): void {
  try {
    callAs(suspension.fiber!, () => undo?.());
  } catch (error) {
    failed(suspension, error);
  }
}

/** What `register` and `undo` throw fails the wait; if that is settled already, as in a select that is decided, the scope. */
function failed(suspension: Suspension, error: unknown): void {
  const fiber = suspension.fiber!;
  if (!suspension.fail(error)) fiber.scope.fail(fiber.id, error);
}

const FOREVER: SuspensionKind = new SuspensionKind({ label: new Label('suspend'), arm() {}, abort() {} });

import { checkFunction } from '../base/check.js';
import { CancelledError, OverloadError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import { currentFiber } from './current.js';
import type { Fiber } from './fiber.js';
import { joinError } from './join.js';
import { Label } from './label.js';
import { checkDropped } from './never-run.js';
import type { Operation } from './operation.js';
import { PLAIN, Scope, type ScopeHandle, type ScopeOptions } from './scope.js';
import { checkOperation, inSegment } from './segment.js';
import { iteratedByHand, Suspension, SuspensionKind } from './suspension.js';

/**
 * Opens a scope, runs `body` in it, and returns only after every fiber spawned in it has ended.
 *
 * The first failure, of the body or of a fiber, cancels the rest; when all have ended it is thrown (several:
 * `AggregateError`, in spawn order).
 *
 * Arguments after the body are passed to it. On a hot path pass arguments to a function that is made once: V8 makes a hidden
 * class and a prototype for each closure of a `function*` that is called, and they outlive scavenges.
 *
 * @returns the body's result.
 * @throws what failed; `CancelledError` when the body itself was stopped by a cancellation and so has no result.
 * Suspends: as the body does, then until the fibers have ended. If cancelled: so are body and fibers; it still waits
 * for them to end.
 *
 * @example
 * const pages = yield* scope(function* (work) {
 *   work.spawn(logProgress);
 *   return yield* all(urls.map(fetchPage));
 * });
 */
export function* scope<A extends readonly unknown[], T>(
  body: (scope: ScopeHandle, ...args: A) => Operation<T>,
  ...args: A
): Operation<T> {
  checkFunction('body', body);
  const end = yield* runScope(
    args.length === 0 ? (body as unknown as (scope: Scope) => Operation<T>) : (inner) => body(inner, ...args),
    PLAIN,
  );
  return end.result();
}

/** How a scope ended when nothing in it failed. */
class ScopeEnd<T> {
  readonly scope: Scope;
  private readonly value: T | undefined;
  private readonly stopped: CancelledError | null;

  constructor(scope: Scope, value: T | undefined, stopped: CancelledError | null) {
    this.scope = scope;
    this.value = value;
    this.stopped = stopped;
  }

  /** The body's result; throws the `CancelledError` that stopped it. */
  result(): T {
    if (this.stopped !== null) throw this.stopped;
    return this.value as T;
  }

  /** The body or a member was stopped by this scope's own cancellation. */
  get cutShort(): boolean {
    return this.scope.cutShort || this.scope.hasStopped(this.stopped);
  }
}

/** The mechanism under `scope`, `withTimeout`, `moveOnAfter`, `shield`, `all` and `race`. */
export function* runScope<T>(body: (scope: Scope) => Operation<T>, options: ScopeOptions): Operation<ScopeEnd<T>> {
  const fiber = currentFiber('scope');
  const inner = new Scope(fiber.loop, fiber.scope, fiber, options);
  enter(fiber, inner);
  let value: T | undefined;
  let stopped: CancelledError | null = null;
  try {
    value = yield* inSegment(checkOperation(body(inner), body));
  } catch (error) {
    if (isInstance(error, CancelledError) && inner.cancellation !== null) stopped = error;
    else inner.fail(fiber.id, error);
  }
  if (inner.hasMembers || inner.hasCleanups || fiber.suspension !== null) yield* closeScope(inner, fiber);
  else {
    leave(fiber, inner);
    inner.end();
  }
  return new ScopeEnd(inner, value, stopped);
}

/**
 * The error for a combinator that has no result since `fibers` were stopped: by a cancellation from outside, or some of them
 * alone, by whoever knows them as holders of a lock, or since memory ran out.
 */
export function whyStopped(fibers: readonly Fiber[]): unknown {
  const { interruption } = currentFiber('scope');
  if (interruption !== null) return interruption;
  const alone = fibers.find((fiber) => fiber.wasCancelled)!;
  const { cause } = alone.outcome as CancelledError;
  return isInstance(cause, OverloadError) ? cause : joinError(alone);
}

/**
 * Waits until `inner`, which `fiber` has opened, has no members, runs what was deferred, and leaves it. Throws what went wrong
 * in it. In a loop: cleanups may spawn, as may others that have the scope.
 */
export function* closeScope(inner: Scope, fiber: Fiber): Operation<void> {
  if (fiber.suspension !== null) throw iteratedByHand(fiber.suspension);
  while (inner.hasMembers || inner.hasCleanups) {
    if (inner.hasMembers) yield* new Suspension<void>(CLOSE, inner, undefined);
    if (inner.hasCleanups) yield* runCleanups(inner);
  }
  leave(fiber, inner);
  inner.end();
}

/** Runs what was deferred in `inner` so far. */
export function* runCleanups(inner: Scope): Operation<void> {
  const fiber = currentFiber('defer');
  for (const cleanup of inner.takeCleanups()) yield* runCleanup(cleanup, inner, fiber);
}

/** Shielded, in a scope of its own; a failure counts as a failure of `inner`. */
function* runCleanup(cleanup: () => Operation<unknown> | void, inner: Scope, fiber: Fiber): Operation<void> {
  try {
    const end = yield* runScope(() => cleanup() ?? NOTHING, { deadline: Infinity, shielded: true });
    checkDropped(end.result(), cleanup);
  } catch (error) {
    inner.fail(fiber.id, error);
  }
}

function enter(fiber: Fiber, inner: Scope): void {
  if (inner.shielded && fiber.extras !== null) inner.toldBefore = fiber.extras.told;
  fiber.scope = inner;
  fiber.interruption = inner.cancellation;
}

/** Back in the outer scope, whose state applies again: this ends a cancellation of the inner one. */
function leave(fiber: Fiber, inner: Scope): void {
  const outer = inner.parent!;
  fiber.scope = outer;
  fiber.interruption = outer.host === fiber ? outer.cancellation : (fiber.cancellation ?? outer.cancellation);
  if (inner.toldBefore !== null) fiber.more().told = inner.toldBefore;
}

/** Ends at once, for a body that has nothing to wait for. No generator, which would have a segment of its own. */
export const NOTHING: Operation<void> & Iterator<never, void> = {
  [Symbol.iterator]: () => NOTHING,
  next: () => ({ done: true, value: undefined }),
};

/** Waiting for the members to end. Not to be cancelled: a cancellation has reached the members, so they end. */
const CLOSE: SuspensionKind<Scope, undefined, void> = new SuspensionKind({
  label: new Label('scope.close'),
  attempt: (suspension) => !suspension.subject.hasMembers,
  arm(suspension) {
    const scope = suspension.subject;
    scope.close(() => suspension.complete(undefined));
    // Its host may hold descriptors for which members wait.
    scope.loop.descriptors.grantWaiting();
  },
  abort() {},
  undoable: false,
  uninterruptible: true,
});

import { IoError, MisuseError } from '../base/errors.js';
import { isInstance } from '../base/is-instance.js';
import type { Instant } from '../base/instant.js';
import { printAs } from '../base/print-as.js';
import { current, NO_ENTRY } from './current.js';
import type { Fiber } from './fiber.js';
import type { Label } from './label.js';
import type { Leaf } from './operation.js';
import { outsideOfFibers } from './outside-of-fibers.js';
import type { Select } from './select.js';
import type { Timed } from './timed.js';
import { tell } from './told.js';
import type { YieldNow } from './yield-now.js';

/** See `current`. */
const registers = current;

/**
 * The one place where fiber code reaches the run loop.
 *
 * A leaf operation is one object that is its own iterator and its own iterator result. Its first `next()` either
 * completes at once (`done`, no trip through the scheduler) or parks the fiber and hands itself outwards; `yield*`
 * passes inner results through unwrapped, so the run loop receives this very object. Its second `next()` delivers
 * what came: the value is returned, the error thrown at the `yield*`.
 *
 * All suspensions share one class and one hidden class; what differs is in the `SuspensionKind` they point to. A
 * subclass for each operation was measured 16 ns a switch slower: `next()` then sees as many shapes as there are
 * operations, and every field access in it becomes megamorphic.
 */
export class Suspension<T = unknown, S = unknown, A = unknown> {
  /** IteratorResult, read by `yield*`. While waiting `value` is unused; afterwards it is the result or the error. */
  done: boolean = false;
  value: T = undefined as T;
  phase: Phase = FRESH;
  readonly kind: SuspensionKind;
  /** What is waited for (a channel, a socket), and an argument of the kind (the value to send). */
  readonly subject: S;
  argument: A;
  fiber: Fiber | null = null;
  /** The select that this is a branch of, if any: completion is reported to it instead of to the fiber. */
  branchOf: Select | null = null;
  /** Links in the one list that a suspension can be in: a wait list, those due at one instant, or the fiber's frames. */
  previous: Suspension | null = null;
  following: Suspension | null = null;
  /** When it is due, if it sleeps. */
  instant: Instant<Timed> | null = null;
  /**
   * When it began to wait, in ms of the loop's clock. Not a number at first: V8 would allocate one for every suspension,
   * including those that complete at once.
   */
  since: number | null = null;

  constructor(kind: SuspensionKind, subject: S, argument: A) {
    this.kind = kind;
    this.subject = subject;
    this.argument = argument;
  }

  [Symbol.iterator](): Iterator<Leaf, T, unknown> {
    if (this.phase !== FRESH) throw usedTwice(this.kind.label.text);
    return this as Iterator<Leaf, T, unknown>;
  }

  next(): IteratorResult<Leaf, T> {
    const phase = this.phase;
    if (phase === FRESH) this.begin();
    else if (phase === COMPLETED) {
      this.leave();
      this.done = true;
    } else if (phase === FAILED) {
      this.unpark();
      const fiber = this.fiber!;
      if (this.value === fiber.interruption) tell(fiber);
      else if (isInstance(this.value, IoError)) fiber.loop.recorder?.struck(this.value);
      throw this.value;
    } else throw this.fiber === registers.fiber ? iteratedByHand(this) : usedTwice(this.kind.label.text);
    return this as IteratorResult<Leaf, T>;
  }

  /** The world answers: the fiber will continue with `value`. False if it was not waiting (any more). */
  complete(value: T): boolean {
    if (this.phase !== WAITING) return false;
    this.value = value;
    this.phase = COMPLETED;
    this.settled();
    return true;
  }

  /** The world answers with an error, which is thrown at the `yield*`. False if it was not waiting (any more). */
  fail(error: unknown): boolean {
    if (this.phase !== WAITING) return false;
    this.value = error as T;
    this.phase = FAILED;
    this.settled();
    return true;
  }

  /** Its fiber resumes after it has completed. */
  leave(): void {
    this.unpark();
    if (this.kind.resumed !== null) this.kind.resumed(this);
  }

  /** Throws if its fiber is no longer parked here, as happens when two fibers run one generator. */
  private unpark(): void {
    const fiber = this.fiber!;
    if (fiber.suspension !== this && !this.kind.linksSegment) throw usedTwice(this.kind.label.text);
    fiber.suspension = null;
  }

  /** Completes without waiting, from `attempt`. */
  finish(value: T): true {
    this.value = value;
    return true;
  }

  /** Cancels the wait: undoes it and throws `error` at the `yield*`. A wait that cannot be undone is only asked to end. */
  interrupt(error: unknown): void {
    const { kind } = this;
    if (this.phase !== WAITING || kind.uninterruptible) return;
    kind.abort(this);
    if (kind.undoable) this.fail(error);
  }

  /** The timer has fired (sleep). */
  timeUp(): void {
    this.complete(undefined as T);
  }

  private begin(): void {
    const fiber = registers.fiber;
    if (fiber === null) throw outsideOfFibers(this.kind.label.text, OUTSIDE);
    if (fiber.suspension !== null) throw iteratedByHand(fiber.suspension);
    const kind = this.kind;
    const interrupted = fiber.interruption !== null && !kind.uninterruptible;
    this.fiber = fiber;
    if (kind.linksSegment) {
      // Not a wait: the run loop goes on with the callee, whose own suspensions are the points of cancellation.
      this.phase = WAITING;
      return;
    }
    if (!interrupted && this.settlesAtOnce(fiber)) {
      registers.entry = NO_ENTRY;
      if (--fiber.loop.credit > 0) {
        if (this.phase === FAILED) throw this.value;
        this.done = true;
      } else {
        // It has happened, but this fiber has completed so many operations without parking that others get a turn first.
        fiber.suspendAt(this);
        fiber.wake();
      }
      return;
    }
    this.phase = WAITING;
    fiber.suspendAt(this);
    // Level-triggered: every further suspension in a cancelled scope throws again, but through the run queue, so
    // that a loop which swallows it starves nobody.
    if (interrupted) this.fail(fiber.interruption);
    else this.arm();
  }

  /** An attempt that throws settles it too and costs credit, so a loop that swallows the error starves nobody either. */
  private settlesAtOnce(fiber: Fiber): boolean {
    try {
      if (!this.kind.attempt(this, fiber)) return false;
      this.phase = COMPLETED;
    } catch (error) {
      this.value = error as T;
      this.phase = FAILED;
    }
    return true;
  }

  private arm(): void {
    try {
      this.kind.arm(this);
    } catch (error) {
      this.fail(error);
    }
  }

  private settled(): void {
    if (this.branchOf !== null) this.branchOf.branchSettled(this);
    else this.fiber!.wake();
  }
}

printAs(Suspension, 'Operation', ({ kind }) => ({ label: kind.label.text }));

/**
 * How one kind of leaf operation waits. Shared by all its suspensions, which have an `S` for a subject, an `A` for an argument
 * and a `T` for a result.
 *
 * The contract: `attempt` completes at once (set the value with `finish`, return true), or changes nothing and returns
 * false or throws. `arm` registers with the world and keeps in the suspension what is needed to undo it; from then on
 * `complete` or `fail` is called exactly once, at any time, also from within `arm`; if `arm` throws, nothing may stay
 * registered. `abort` undoes `arm`, so that the operation did not happen; of a kind that is not `undoable` it can only
 * ask for an end, and the suspension is completed or failed later as if it had not been aborted. It does not throw: it
 * runs in the middle of somebody else's cancellation.
 */
export class SuspensionKind<S = any, A = any, T = any> {
  readonly label: Label;
  readonly attempt: (suspension: Suspension<T, S, A>, fiber: Fiber) => boolean;
  readonly arm: (suspension: Suspension<T, S, A>) => void;
  readonly abort: (suspension: Suspension<T, S, A>) => void;
  /** Called once when the fiber resumes after this has parked it and completed; not if it completed at once. Must not throw. */
  readonly resumed: ((suspension: Suspension<T, S, A>) => void) | null;
  /**
   * Whether an aborted operation is certain not to have happened. Otherwise it cannot be a branch of a select, which
   * drops all but one.
   */
  readonly undoable: boolean;
  /** Cancellation does not interrupt it. Only for waits that end by themselves after a cancellation (closing a scope). */
  readonly uninterruptible: boolean;
  /** It links a segment instead of waiting; see `segment.ts`. */
  readonly linksSegment: boolean;

  constructor(options: {
    label: Label;
    attempt?: (suspension: Suspension<T, S, A>, fiber: Fiber) => boolean;
    arm: (suspension: Suspension<T, S, A>) => void;
    abort: (suspension: Suspension<T, S, A>) => void;
    resumed?: ((suspension: Suspension<T, S, A>) => void) | null;
    undoable?: boolean;
    uninterruptible?: boolean;
    linksSegment?: boolean;
  }) {
    this.label = options.label;
    this.attempt = options.attempt ?? neverAtOnce;
    this.arm = options.arm;
    this.abort = options.abort;
    this.resumed = options.resumed ?? null;
    this.undoable = options.undoable ?? true;
    this.uninterruptible = options.uninterruptible ?? false;
    this.linksSegment = options.linksSegment ?? false;
  }
}

/** The states of a suspension, small integers on the hot path. */
export type Phase = 0 | 1 | 2 | 3;
/** Made, not yet reached by `yield*`. */
export const FRESH = 0;
/** Armed; its fiber is parked. */
export const WAITING = 1;
/** Completed; `value` is the result. */
export const COMPLETED = 2;
/** Failed or cancelled; `value` is the error. */
export const FAILED = 3;

function neverAtOnce(): boolean {
  return false;
}

export function usedTwice(label: string): MisuseError {
  return new MisuseError(
    `This \`${label}\` operation has been run already. An operation runs once: make a new one for each \`yield*\``,
  );
}

/**
 * The fiber is parked at `leaf`, or has left a scope open (null), yet its code went on: something other than `yield*`
 * has called `next`.
 */
export function iteratedByHand(leaf: Suspension | YieldNow | null): MisuseError {
  const label = leaf === null ? 'scope' : leaf instanceof Suspension ? leaf.kind.label.text : leaf.label.text;
  return new MisuseError(
    `\`${label}\` was iterated by something other than \`yield*\`, or by two fibers: write \`yield*\` before each operation ` +
      '(`const [a, b] = yield* all(…)`), never iterate one with for…of, spread or next(), and run it once',
  );
}

const OUTSIDE =
  'was reached outside of a fiber. Operations run inside `run(function* () { … })` or `main(…)`; ' +
  'do not iterate them with for…of, spread or next()';

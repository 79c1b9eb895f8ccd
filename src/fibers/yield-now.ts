import { current } from './current.js';
import { Label } from './label.js';
import type { Leaf, Operation } from './operation.js';
import { outsideOfFibers } from './outside-of-fibers.js';
import { iteratedByHand } from './suspension.js';
import { isTold, tell } from './told.js';

/** See `current`. */
const registers = current;

/**
 * The leaf of `yieldNow`. It has no state, so one object serves every fiber: the fiber tells whether it arrives or comes back.
 * That saves the allocation and, with 100,000 fibers, whose leaves would all survive a scavenge, half of the switch.
 */
export class YieldNow {
  /** The iterator result of having suspended: this object itself, as for every leaf. */
  readonly done = false;
  readonly value: undefined = undefined;
  readonly label: Label;
  /** The program did not ask for it: a cancelled fiber is told so here once, but its cleanup is not interrupted. */
  private readonly isForced: boolean;

  constructor(label: Label, isForced: boolean = false) {
    this.label = label;
    this.isForced = isForced;
  }

  [Symbol.iterator](): Iterator<Leaf, void, unknown> {
    return this as Iterator<Leaf, void, unknown>;
  }

  next(): IteratorResult<Leaf, void> {
    const fiber = registers.fiber;
    if (fiber === null) throw outsideOfFibers('yieldNow', 'was reached outside of a fiber');
    const waiting = fiber.suspension;
    if (waiting === null) {
      fiber.giveWay(this);
      return this as unknown as IteratorResult<Leaf, void>;
    }
    if (waiting !== this || !fiber.isRunning) throw iteratedByHand(waiting);
    fiber.suspension = null;
    if (fiber.interruption !== null && !(this.isForced && isTold(fiber))) throw tell(fiber);
    return RESUMED;
  }
}

const RESUMED: IteratorReturnResult<void> = Object.freeze({ done: true, value: undefined });
/** The one of `yieldNow`. */
export const YIELD: YieldNow = new YieldNow(new Label('yield'));

/**
 * Lets other fibers run. For long computations; compiled code does it by itself.
 *
 * Suspends: always. If cancelled: throws `CancelledError`.
 *
 * @example
 * let sum = 0;
 * for (let i = 0; i < 1_000_000; i++) {
 *   sum += Math.sqrt(i);
 *   if (i % 10_000 === 0) yield* yieldNow();
 * }
 */
export function yieldNow(): Operation<void> {
  return YIELD;
}

/** How compiled loops give way when the slice is over; a blocking point of its own. */
export const preempted: YieldNow = new YieldNow(new Label('preempted'), true);

import { preempted as operation } from '../../fibers/yield-now.js';

/**
 * An operation typed as yielding nothing. Compiled output may be type-checked in a bundle, and a function that does not wait
 * itself may be declared to yield `never`.
 */
export interface GiveWay {
  [Symbol.iterator](): Iterator<never, void, unknown>;
}

/** What compiled loops `yield*` to give way. */
export const preempted: GiveWay = operation as Iterable<unknown> as GiveWay;

import { preempted as operation } from '../../fibers/yield-now.js';

/**
 * What waits and, to the type checker, yields nothing. A bundler may have one look at what was compiled, and a function
 * that waits for nothing itself may be declared to yield nothing.
 */
export interface GiveWay {
  [Symbol.iterator](): Iterator<never, void, unknown>;
}

/** What compiled loops give way with. */
export const preempted: GiveWay = operation as Iterable<unknown> as GiveWay;

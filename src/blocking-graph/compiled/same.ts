/**
 * Called by compiled code on a variable that is not a number, before it enters a loop; returns it unchanged. It serves V8's
 * optimiser: a call that has never been executed is compiled as a deoptimisation point, so behind it V8 may assume a number.
 */
export function same<T>(value: T): T {
  return value;
}

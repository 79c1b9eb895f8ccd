/**
 * What compiled code does to a variable that is no number before it enters a loop: nothing. But as long as that never
 * happened, V8 has not seen this call, and so leaves the code that it made where it comes to it; and that everything else
 * is a number is what that code is made of.
 */
export function same<T>(value: T): T {
  return value;
}

/**
 * A description of work: anything that `yield*` accepts inside a fiber and that returns a `T`. Usually a generator
 * object, else a `Suspension`. An operation runs once; to repeat it, make it again.
 *
 * @example
 * function* greet(): Operation<string> {
 *   yield* sleep(10);
 *   return 'hello';
 * }
 */
export interface Operation<T> {
  [Symbol.iterator](): Iterator<Leaf, T, unknown>;
}

/** A function that makes an operation: what `spawn`, `call` and `run` take, with the arguments beside it. */
export type OperationFunction<A extends readonly unknown[], T> = (...args: A) => Operation<T>;

/**
 * What an operation yields to the run loop where it waits. It stands in the types of generator functions
 * (`Generator<Leaf, string, unknown>`); nobody makes one by hand.
 */
export interface Leaf {
  /** Nothing has this property. With it the type checker names the fix when `yield` is written before an operation. */
  readonly 'write `yield*`, not `yield`': never;
}

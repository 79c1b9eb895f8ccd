import { currentFiber } from './current.js';
import type { Operation } from './operation.js';
import { checkOperation, inSegment } from './segment.js';

/**
 * A value that belongs to a fiber: a request's id, its user. Children see what their parent had when it spawned them;
 * what either sets afterwards the other does not see. A fiber that no fiber spawns, but a callback or a request, is a child of
 * the fiber that has the scope open.
 *
 * Costs nothing where it is not used: values sit in one map for each fiber that sets any, shared with the children
 * until they set some of their own.
 */
export class FiberLocal<T> {
  readonly #initial: T;

  constructor(initial: T) {
    this.#initial = initial;
  }

  /** The current fiber's value. A plain call. @throws `MisuseError` outside of fibers. */
  get(): T {
    const locals = currentFiber('FiberLocal.get').locals;
    return locals !== null && locals.has(this) ? (locals.get(this) as T) : this.#initial;
  }

  /**
   * Sets it for the current fiber and those that it spawns from now on. A plain call. @throws `MisuseError` outside of fibers.
   */
  set(value: T): void {
    const fiber = currentFiber('FiberLocal.set');
    fiber.more().locals = new Map(fiber.locals).set(this, value);
  }

  /**
   * Runs `operation` with `value`, and puts back what was there, however it ends.
   *
   * @throws what the operation throws; `MisuseError` outside of fibers.
   * Suspends: as the operation does. If cancelled: as the operation is.
   */
  *with<R>(value: T, operation: Operation<R>): Operation<R> {
    const fiber = currentFiber('FiberLocal.with');
    const before = this.get();
    this.set(value);
    try {
      return yield* inSegment(checkOperation(operation));
    } finally {
      fiber.more().locals = new Map(fiber.locals).set(this, before);
    }
  }
}

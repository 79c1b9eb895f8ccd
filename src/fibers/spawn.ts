import { checkFunction } from '../base/check.js';
import { currentFiber } from './current.js';
import type { FiberHandle } from './fiber.js';
import type { Leaf, Operation, OperationFunction } from './operation.js';
import { usedTwice } from './suspension.js';
import { YIELD } from './yield-now.js';

/**
 * Starts `f(...args)` as a new fiber of the innermost open scope, and returns it at once; it first runs when its turn
 * comes. The scope waits for it to end, and its failure is a failure of the scope.
 *
 * @throws `ArgumentError` if `f` is no function; what `f` throws instead of making an operation.
 * Suspends: only to let others run after hundreds of operations that did not wait. If cancelled: throws, and nothing was
 * started.
 *
 * @example
 * const fiber = yield* spawn(fetchPage, url);
 * const page = yield* fiber.join();
 */
export function spawn<A extends readonly unknown[], T>(
  f: OperationFunction<A, T>,
  ...args: A
): Operation<FiberHandle<T>> {
  return new Spawn<T>(f as OperationFunction<readonly unknown[], T>, args, false);
}

/**
 * As `spawn`, but the scope does not wait for it: it is cancelled once all others have ended. For background work.
 *
 * @example
 * yield* spawnDaemon(function* beat() {
 *   for (;;) {
 *     yield* sleep(10);
 *     console.log('still at work');
 *   }
 * });
 * yield* sleep(25);
 */
export function spawnDaemon<A extends readonly unknown[], T>(
  f: OperationFunction<A, T>,
  ...args: A
): Operation<FiberHandle<T>> {
  return new Spawn<T>(f as OperationFunction<readonly unknown[], T>, args, true);
}

/** A leaf that never waits, so it needs few of a suspension's fields, which makes spawning a third faster. */
export class Spawn<T> implements Operation<FiberHandle<T>> {
  /** IteratorResult. */
  done: boolean = false;
  value: FiberHandle<T> | undefined = undefined;
  private readonly f: OperationFunction<readonly unknown[], T>;
  private readonly args: readonly unknown[];
  private readonly daemon: boolean;

  constructor(f: OperationFunction<readonly unknown[], T>, args: readonly unknown[], daemon: boolean) {
    checkFunction('f', f);
    this.f = f;
    this.args = args;
    this.daemon = daemon;
  }

  [Symbol.iterator](): Iterator<Leaf, FiberHandle<T>, unknown> {
    if (this.done) throw usedTwice('spawn');
    return this as unknown as Iterator<Leaf, FiberHandle<T>, unknown>;
  }

  next(): unknown {
    const fiber = currentFiber('spawn');
    // In a cancelled scope it throws, but through the run queue, as every suspension does; see `Suspension.begin`.
    if (fiber.suspension === YIELD) YIELD.next();
    else if (fiber.interruption !== null || --fiber.scope.loop.credit <= 0) return YIELD.next();
    // Not `this.f(…)`: a generator keeps the `this` of its call for as long as it lives.
    const { f, args } = this;
    this.value = fiber.scope.startMember(f, f(...args), this.daemon);
    this.done = true;
    return this;
  }
}

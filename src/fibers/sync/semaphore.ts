import { checkKnown } from '../../base/known-options.js';
import type { FiberHandle } from '../fiber.js';
import type { Operation } from '../operation.js';
import { PermitPool } from './permit-pool.js';

/** The right to use something, held by a fiber until it is released. Works with `using`. */
export interface Permit extends Disposable {
  /** How many of the semaphore's permits it stands for. */
  readonly count: number;
  /** Who acquired it. */
  readonly holder: FiberHandle;
  /** Gives it back. A plain call, from any fiber. Releasing twice is an error: the second would be somebody else's. */
  release(): void;
}

/**
 * Limits how many use something at once. First come, first served, also for unequal counts: a fiber that wants many
 * is not overtaken by others that want fewer.
 */
export interface Semaphore {
  readonly name: string | null;
  readonly capacity: number;
  /** Below zero where a resource has shrunk below what is in use. */
  readonly available: number;
  readonly used: number;
  /**
   * Waits for `count` permits.
   *
   * @throws `ArgumentError` if `count` is no integer from 1 to the capacity; of a resource, `OverloadError` if it shrinks below
   * `count` meanwhile.
   * Suspends: while there are too few. If cancelled: throws; nothing was acquired.
   */
  acquire(count?: number): Operation<Permit>;
  /**
   * Runs `operation` with a permit, which is released however it ends.
   *
   * @throws as `acquire` does; what the operation throws.
   * Suspends: while no permit is free, then as the operation does. If cancelled: throws without having begun, or as the
   * operation does.
   */
  withPermit<T>(operation: Operation<T>): Operation<T>;
  stats(): SemaphoreStats;
}

export interface SemaphoreStats {
  readonly capacity: number;
  readonly available: number;
  readonly waiting: number;
}

/**
 * Makes a `Semaphore`. `name` is how the graph and its dump of locks show it. A plain call.
 *
 * @throws `ArgumentError`.
 *
 * @example
 * const connections = semaphore(2, { name: 'connections' });
 * const queries = [30, 20, 10].map((ms) => connections.withPermit(sleep(ms)));
 * yield* all(queries); // two at a time
 */
export function semaphore(capacity: number, options: { name?: string } = {}): Semaphore {
  checkKnown('semaphore', options, { name: true });
  return new PermitPool(capacity, options);
}

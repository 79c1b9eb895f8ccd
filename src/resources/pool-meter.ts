import type { Semaphore } from '../fibers/sync/semaphore.js';

/** How long one slot of a semaphore is held, from how many were busy and how many were granted: Little's law. */
export class PoolMeter {
  readonly pool: Semaphore;
  /** Mean time for which a permit is held, in ms. */
  holdMs: number = 0;
  private busyMs: number = 0;
  private grants: number = 0;
  private seenGrants: number;
  private busyBefore: number;

  constructor(pool: Semaphore) {
    this.pool = pool;
    this.seenGrants = pool.granted;
    this.busyBefore = pool.capacity - pool.available;
  }

  get busy(): number {
    return this.pool.capacity - this.pool.available;
  }

  tick(elapsedMs: number, decay: number): void {
    const { busy, pool } = this;
    this.busyMs = this.busyMs * decay + (elapsedMs * (busy + this.busyBefore)) / 2;
    this.grants = this.grants * decay + (pool.granted - this.seenGrants);
    this.busyBefore = busy;
    this.seenGrants = pool.granted;
    if (this.grants > 0.5) this.holdMs = this.busyMs / this.grants;
  }
}

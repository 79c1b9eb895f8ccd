import type { Pool } from '../fibers/pool.js';

/** How long slots of a pool are held, from how many were busy and how many were granted: Little's law. */
export class PoolMeter {
  /** The idle share below which the event loop learns too late that a thread has finished. */
  static readonly LEAST_IDLE = 0.4;
  readonly pool: Pool;
  /** Mean time for which a slot is held, in ms. */
  holdMs: number = 0;
  /** How many slots a grant is of, on average. */
  atOnce: number = 1;
  /** The pool's capacity; infinite while nobody can tell whether its slots are short. */
  capacity: number;
  private busyMs: number = 0;
  private granted: number = 0;
  private grants: number = 0;
  private seenGranted: number;
  private seenGrants: number;
  private busyBefore: number;

  constructor(pool: Pool) {
    this.pool = pool;
    this.capacity = pool.capacity;
    this.seenGranted = pool.granted;
    this.seenGrants = pool.grants;
    this.busyBefore = this.busy;
  }

  get busy(): number {
    return this.pool.used;
  }

  /**
   * @param elapsedMs 0 if it is not known how long slots were really held.
   * @param idleShare of the time that has passed, in which the event loop had nothing to do. It learns only between turns that a
   * thread has finished, so beside a busy loop idle threads look busy: then they are left out.
   */
  tick(elapsedMs: number, decay: number, idleShare: number): void {
    const { busy, busyBefore, pool, seenGranted, seenGrants } = this;
    this.busyBefore = busy;
    this.seenGranted = pool.granted;
    this.seenGrants = pool.grants;
    const known = !pool.servesWhileWaiting || idleShare >= PoolMeter.LEAST_IDLE;
    this.capacity = known ? pool.capacity : Infinity;
    if (!known || elapsedMs === 0) return;
    this.busyMs = this.busyMs * decay + (elapsedMs * (busy + busyBefore)) / 2;
    this.granted = this.granted * decay + (pool.granted - seenGranted);
    this.grants = this.grants * decay + (pool.grants - seenGrants);
    if (this.grants <= 0.5) return;
    this.holdMs = this.busyMs / this.granted;
    this.atOnce = this.granted / this.grants;
  }
}

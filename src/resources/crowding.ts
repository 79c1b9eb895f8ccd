import type { WorkQueue } from './work-queue.js';

/** Whether more comes to an entry than can be served, as opposed to a burst. */
export class Crowding {
  private readonly goal: number;
  /** For how long something has been waiting, at the entry or in the kernel; time without waiting is subtracted. */
  private standingMs: number = 0;
  /** `queue.allStandingMs` at the last tick. */
  private stoodBefore: number = 0;
  private tickedAt: number = 0;
  /** When something last expired in a long-standing queue, or something had been waiting for as long as the goal. */
  private seenAt: number = -Infinity;

  /** @param goal in ms */
  constructor(goal: number) {
    this.goal = goal;
  }

  /**
   * Looks at what happened in the last `elapsedMs`.
   *
   * @param kernelMs for how long of it the kernel's queue was not empty.
   * @param isStarting what waits has to wait only until more is known.
   */
  tick(queue: WorkQueue, kernelMs: number, elapsedMs: number, isStarting: boolean, now: number): void {
    const stood = queue.allStandingMs(now);
    let stoodMs = kernelMs;
    // What waits now may be a burst that has just come: where bursts come as often as ticks, each tick sees one.
    if (queue.size > 0) stoodMs = Math.max(stoodMs, Math.min(stood - this.stoodBefore, elapsedMs));
    this.stoodBefore = stood;
    // There are no ticks while there is nothing to do.
    const restedMs = now - this.tickedAt - stoodMs;
    this.standingMs = Math.max(0, Math.min(this.standingMs + stoodMs - restedMs, 2 * this.goal));
    this.tickedAt = now;
    if (isStarting) this.standingMs = 0;
    if (this.standingMs > this.goal) this.seenAt = now;
  }

  /** There is a sign of it. */
  sawAt(now: number): void {
    this.seenAt = now;
  }

  /** Whether there was a sign of it a short time ago: any overload has pauses. */
  lasts(now: number): boolean {
    return now <= this.seenAt + CALM_MS;
  }
}

const CALM_MS = 1000;

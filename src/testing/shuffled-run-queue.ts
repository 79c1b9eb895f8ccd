import type { Random } from '../base/random.js';
import type { Fiber } from '../fibers/fiber.js';
import { ReadyList } from '../fibers/ready-list.js';
import type { RunQueue } from '../fibers/run-queue.js';

/**
 * Runs ready fibers in random order, one at a time: what holds under many seeds does not depend on the schedule. The same seed
 * gives the same schedule.
 */
export class ShuffledRunQueue implements RunQueue {
  readonly name = 'other';
  private readonly random: Random;
  private readonly fibers: Fiber[] = [];
  private readonly chosen: ReadyList = new ReadyList();

  constructor(random: Random) {
    this.random = random;
  }

  get size(): number {
    return this.fibers.length + this.chosen.size;
  }

  push(fiber: Fiber): void {
    this.fibers.push(fiber);
  }

  take(): ReadyList | null {
    if (this.fibers.length === 0) return null;
    const index = this.random.below(this.fibers.length);
    const last = this.fibers.pop()!;
    const taken = index === this.fibers.length ? last : this.fibers[index]!;
    if (taken !== last) this.fibers[index] = last;
    this.chosen.push(taken);
    return this.chosen;
  }

  put(): void {}

  charge(): void {}
}

import type { Fiber } from './fiber.js';
import { ReadyList } from './ready-list.js';
import type { RunQueue } from './run-queue.js';

/** One queue for all, first in, first out: the simplest run queue, and the one to compare others with. */
export class FifoRunQueue implements RunQueue {
  readonly name = 'fifo';
  private readonly list: ReadyList = new ReadyList();

  get size(): number {
    return this.list.size;
  }

  push(fiber: Fiber): void {
    this.list.push(fiber);
  }

  take(): ReadyList | null {
    return this.list.size === 0 ? null : this.list;
  }

  put(): void {}

  charge(): void {}
}

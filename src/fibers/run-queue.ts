import type { Fiber } from './fiber.js';
import type { ReadyList } from './ready-list.js';

/**
 * Port: in which order ready fibers run. Ready fibers go in; lists to run a batch from come out; the time that the
 * batch took is charged back. `stride/` has the one that a server wants; write another through `heddle/lowlevel`.
 */
export interface RunQueue {
  readonly name: 'stride' | 'fifo' | 'other';
  /** How many fibers are ready. */
  readonly size: number;
  push(fiber: Fiber): void;
  /** The list whose turn it is, not empty; null when nothing is ready. The run loop shifts fibers off it. */
  take(): ReadyList | null;
  /** A batch from `list` is over: `count` fibers were shifted. Called once for each `take`, before the next. */
  put(list: ReadyList, count: number): void;
  /**
   * Batches from `list` took `ms` in all, where as many runs took `usualMs` so far. May come some batches late, so that short ones
   * can share one clock reading.
   */
  charge(list: ReadyList, ms: number, usualMs: number): void;
}

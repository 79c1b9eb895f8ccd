import type { Fiber } from './fiber.js';
import type { Label } from './label.js';
import type { Pool } from './pool.js';
import type { ReadyList } from './ready-list.js';

/** A node of the blocking graph as `fibers/` knows it: what is waited for there, and the list of its ready fibers. */
export interface BlockingPoint {
  readonly label: Label;
  readonly ready: ReadyList;
  /**
   * The pool (a semaphore, the thread pool) that fibers wait for here, so that the time is attributed to it; the latest, where
   * several share the place. Null for any other wait.
   */
  pool: Pool | null;
}

/** A place in the tree of calls; what it holds is the recorder's business. */
export interface CallChain {
  readonly name: string;
  /** The chain of the function that the fiber was spawned with. */
  readonly root: CallChain;
}

/**
 * Port: who is told where fibers wait. It sets `fiber.node` and `fiber.chain`. Called on the hot path, so each method takes a
 * few nanoseconds at most. Without a recorder fibers run the same.
 */
export interface Recorder {
  /** A fiber starts as `f`: sets its first node, and its chain, which names the fiber. */
  spawned(fiber: Fiber, f: Function): void;
  /** The running fiber calls `f` in a new segment: sets `current.chain` (the caller keeps the old one). */
  called(f: Function): void;
  /** A segment has ended that was begun at `chain` for an operation made before (`inSegment`, compiled code). */
  returned(chain: CallChain): void;
  /** The fiber suspends: sets `fiber.node`. */
  suspendedAt(fiber: Fiber, label: Label): void;
  /** Its wait of `waitedMs` is over; it still stands at `fiber.node`. */
  woken(fiber: Fiber, waitedMs: number): void;
  /** One sampled fiber ran for `ms` from `from` to where it is now. */
  sampled(fiber: Fiber, from: BlockingPoint, ms: number): void;
  /** A run of `fiber` that began at `from` has allocated these bytes, on V8's heap and outside it. */
  allocated(fiber: Fiber, from: BlockingPoint, heapBytes: number, externalBytes: number): void;
  /** A fiber has got `change` more descriptors (fewer, if negative). */
  descriptors(fiber: Fiber, change: number): void;
  /** An error that came from the outside is about to be thrown into the running fiber. */
  struck(error: Error): void;
  /** A segment that was called at `chain` has ended with an error. */
  threw(error: unknown, chain: CallChain): void;
  /** An error leaves the fiber, or is reported from it: the recorder may add to it what it knows of where it happened. */
  failed(fiber: Fiber, error: unknown): void;
  ended(fiber: Fiber): void;
}

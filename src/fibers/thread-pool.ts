import type { Fiber } from './fiber.js';
import type { Pool } from './pool.js';

/**
 * libuv's threads, for what the system does only synchronously: files, and name look-ups. Calls that find all of them busy queue
 * out of sight, so they are counted here. What others have them do (zlib, crypto, other libraries) is not counted.
 */
export class ThreadPool implements Pool {
  readonly text: string = 'thread pool';
  readonly isDeclared: boolean = true;
  readonly servesWhileWaiting: boolean = true;
  /** How many threads there are. Set by the governor. */
  capacity: number = 4;
  /** Calls that have ended. */
  granted: number = 0;
  /** Calls that were made and have not ended: they run, or wait for a thread. */
  pending: number = 0;

  get grants(): number {
    return this.granted;
  }

  get used(): number {
    return Math.min(this.pending, this.capacity);
  }

  /** `fiber` has just made a call and waits for it. */
  begin(fiber: Fiber): void {
    this.pending++;
    if (fiber.node !== null) fiber.node.pool = this;
  }

  end(): void {
    this.pending--;
    this.granted++;
  }
}

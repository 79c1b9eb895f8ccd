import type { Fiber } from './fiber.js';
import type { Pool } from './pool.js';

/**
 * libuv's threads, which do what the system offers no other way for: files, and looking up names. Calls that find all of
 * them busy queue where nobody sees it, so that they are counted here. What others let them do (zlib, crypto, other
 * libraries) is not.
 */
export class ThreadPool implements Pool {
  readonly text: string = 'thread pool';
  readonly isDeclared: boolean = true;
  readonly servesWhileWaiting: boolean = true;
  /** How many threads there are. Set by who knows the machine. */
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

  /** `fiber` waits for a call that it has made just now. */
  begin(fiber: Fiber): void {
    this.pending++;
    if (fiber.node !== null) fiber.node.pool = this;
  }

  end(): void {
    this.pending--;
    this.granted++;
  }
}

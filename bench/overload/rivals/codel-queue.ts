import type { Gate } from './gate.js';

/** N and M of the source: for how long a request may wait usually, and while the queue has not been empty for as long. */
const usualMs = 100;
const overloadedMs = 5;

/** How many are at work at once: the source has a pool of threads there. */
const workers = 32;

interface Waiting {
  readonly begin: () => void;
  readonly refuse: () => void;
  readonly expiresAt: number;
}

/**
 * Controlled delay with an adaptive last-in, first-out queue in front of a fixed number of workers: B. Maurer, "Fail at
 * Scale", ACM Queue 13(8), 2015. While the queue stands, the newest goes first and may wait for 5 ms only.
 */
export class CodelQueue implements Gate {
  private active = 0;
  private lastEmptyAt = performance.now();
  private readonly queue: Waiting[] = [];

  constructor() {
    // Requests expire also while no worker becomes free.
    setInterval(() => this.expire(performance.now()), overloadedMs).unref();
  }

  enter(begin: () => void, refuse: () => void): void {
    const now = performance.now();
    if (this.queue.length === 0) this.lastEmptyAt = now;
    if (this.active < workers) {
      this.active++;
      return begin();
    }
    this.queue.push({ begin, refuse, expiresAt: now + (this.overloaded(now) ? overloadedMs : usualMs) });
  }

  leave(): void {
    this.active--;
    const now = performance.now();
    this.expire(now);
    const next = this.overloaded(now) ? this.queue.pop() : this.queue.shift();
    if (this.queue.length === 0) this.lastEmptyAt = now;
    if (next === undefined) return;
    this.active++;
    // In a turn of its own: begun here, a chain of short requests would never let the loop read what has come.
    setImmediate(next.begin);
  }

  private overloaded(now: number): boolean {
    return now - this.lastEmptyAt > usualMs;
  }

  private expire(now: number): void {
    // Two ages of patience are mixed in the queue, so the first to expire need not be the first that came.
    let kept = 0;
    for (const waiting of this.queue) {
      if (waiting.expiresAt < now) waiting.refuse();
      else this.queue[kept++] = waiting;
    }
    this.queue.length = kept;
    if (kept === 0) this.lastEmptyAt = now;
  }
}

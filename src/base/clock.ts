/**
 * Port: time, and turns of the event loop, as a run loop needs them. Neither enters in any other way, so that a test can control
 * both. Times are monotonic milliseconds with a fraction; each clock has its own zero.
 */
export interface Clock {
  now(): number;
  /** When a wait of `ms` that begins now is over, with the precision of alarms. */
  after(ms: number): number;
  /** Unix time in ms, for display: it jumps when the system's clock is set. */
  unixTime(): number;
  /** Calls `pass` once, after events that are already pending have been delivered. */
  defer(pass: () => void): void;
  /** Calls `expire` at `at` or soon after. There is one alarm: each call replaces the last, `Infinity` only cancels. */
  alarm(at: number, expire: () => void): void;
  /**
   * Calls `exhausted` whenever nothing outside can happen any more: no event, timer or descriptor is left that could wake the
   * program. Returns a function that ends this.
   */
  onExhausted(exhausted: () => void): () => void;
}

/**
 * The clock of a real process. `defer` is `setImmediate`: it comes after the poll phase, so every event of one poll
 * is queued before a scheduler chooses among them. Node's `beforeExit` says exactly when nothing is left; counting pending
 * operations instead would accuse programs that are woken by plain callbacks.
 */
export class SystemClock implements Clock {
  #timer: NodeJS.Timeout | undefined;

  now(): number {
    return performance.now();
  }

  /**
   * As Node's timers, whose time is the system's cut to whole ms: up to 1 ms less than `ms`. With what a poll of the event loop
   * adds, a wait is 0.2 ms longer than `ms` on average. Waiting for `now() + ms` made it 0.8 ms, and every slot of a pool was
   * held for that much longer.
   */
  after(ms: number): number {
    return Math.floor(performance.now() + ZERO) - ZERO + Math.ceil(ms);
  }

  unixTime(): number {
    return Date.now();
  }

  defer(pass: () => void): void {
    setImmediate(pass);
  }

  alarm(at: number, expire: () => void): void {
    if (this.#timer !== undefined) clearTimeout(this.#timer);
    // Node's timers reach up to 2^31 ms; an alarm further away goes off early, finds nothing due and is set again.
    this.#timer =
      at === Infinity ? undefined : setTimeout(expire, Math.min(Math.max(Math.ceil(at - this.now()), 0), 0x7fffffff));
  }

  onExhausted(exhausted: () => void): () => void {
    if (EXHAUSTED.size === 0) process.on('beforeExit', allExhausted);
    EXHAUSTED.add(exhausted);
    return () => {
      EXHAUSTED.delete(exhausted);
      if (EXHAUSTED.size === 0) process.off('beforeExit', allExhausted);
    };
  }
}

/** The zero of `performance.now()` as a fraction of a ms in the time of Node's timers. */
const ZERO: number = (Number(process.hrtime.bigint() % 1_000_000_000n) / 1e6 - performance.now()) % 1;

/** One listener on the process for all clocks: Node warns of a leak from the eleventh on. */
const EXHAUSTED = new Set<() => void>();

function allExhausted(): void {
  for (const exhausted of Array.from(EXHAUSTED)) exhausted();
}

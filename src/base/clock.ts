// Not the global one, which fake timers of test runners replace: turns are no time, and one that is dropped with them would be
// missed for ever.
import { setImmediate } from 'node:timers';

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
   * Calls `exhausted` once nothing outside can happen any more: no event, timer or descriptor is left that could wake the
   * program. Of several, who asked last is told first, and the others only if that has changed nothing: they may wait for the
   * end of that one. Returns a function that takes this back.
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
  /** What set the alarm: a test may replace Node's timers by others, or put them back, and what was set is then forgotten. */
  #setTimeout: typeof setTimeout = setTimeout;
  #clearTimeout: typeof clearTimeout = clearTimeout;
  #at: number = Infinity;
  #expire: () => void = () => {};

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
    deferred++;
    setImmediate(pass);
    if (this.#setTimeout !== setTimeout) this.alarm(this.#at, this.#expire);
  }

  alarm(at: number, expire: () => void): void {
    const clear = this.#clearTimeout;
    if (this.#timer !== undefined) clear(this.#timer);
    this.#setTimeout = setTimeout;
    this.#clearTimeout = clearTimeout;
    this.#at = at;
    this.#expire = expire;
    // Node's timers reach up to 2^31 ms; an alarm further away goes off early, finds nothing due and is set again.
    this.#timer =
      at === Infinity ? undefined : setTimeout(expire, Math.min(Math.max(Math.ceil(at - this.now()), 0), 0x7fffffff));
  }

  onExhausted(exhausted: () => void): () => void {
    // An entry of its own: one function may be given twice.
    const entry = { exhausted };
    if (EXHAUSTED.size === 0) process.on('beforeExit', tellExhausted);
    EXHAUSTED.add(entry);
    return () => forget(entry);
  }
}

/** The zero of `performance.now()` as a fraction of a ms in the time of Node's timers. */
const ZERO: number = (Number(process.hrtime.bigint() % 1_000_000_000n) / 1e6 - performance.now()) % 1;

/** One listener on the process for all clocks: Node warns of a leak from the eleventh on. */
const EXHAUSTED = new Set<{ readonly exhausted: () => void }>();

function forget(entry: { readonly exhausted: () => void }): void {
  if (EXHAUSTED.delete(entry) && EXHAUSTED.size === 0) process.off('beforeExit', tellExhausted);
}

/** How many passes were asked for, and when the process was last about to end. */
let deferred = 0;
let deferredBefore = -1;

/**
 * Other listeners may wake a program, at once or by a timer of theirs, and so may the end of another run. So it is over for a
 * run only if the process has been about to end twice, and no pass was asked for in between.
 */
function tellExhausted(): void {
  const isOver = deferred === deferredBefore;
  deferredBefore = deferred;
  // Another turn of the event loop, after which Node emits `beforeExit` again.
  setImmediate(() => {});
  if (!isOver) return;
  const latest = Array.from(EXHAUSTED).at(-1)!;
  forget(latest);
  latest.exhausted();
}

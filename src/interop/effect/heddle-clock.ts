import type { Clock } from 'effect/Clock';
import * as Duration from 'effect/Duration';
import * as Effect from 'effect/Effect';
import type { RunLoop } from '../../fibers/run-loop.js';
import type { Timed } from '../../fibers/timed.js';

/**
 * Implements Effect's clock by the run loop's: delays and timeouts of Effects are among the timers of fibers, and in virtual
 * time under a `VirtualClock`.
 */
export class HeddleClock implements Clock {
  readonly currentTimeMillis: Effect.Effect<number> = Effect.sync(() => this.currentTimeMillisUnsafe());
  readonly currentTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.currentTimeNanosUnsafe());
  readonly monotonicTimeNanos: Effect.Effect<bigint> = Effect.sync(() => this.monotonicTimeNanosUnsafe());
  readonly #loop: RunLoop;

  constructor(loop: RunLoop) {
    this.#loop = loop;
  }

  currentTimeMillisUnsafe(): number {
    return this.#loop.clock.unixTime();
  }

  currentTimeNanosUnsafe(): bigint {
    return nanoseconds(this.#loop.clock.unixTime());
  }

  monotonicTimeNanosUnsafe(): bigint {
    return nanoseconds(this.#loop.clock.now());
  }

  sleep(duration: Duration.Duration): Effect.Effect<void> {
    const ms = Duration.toMillis(duration);
    if (ms === Infinity) return Effect.never;
    const loop = this.#loop;
    return Effect.callback((resume) => {
      const timer: Timed = { instant: null, previous: null, following: null, timeUp: () => resume(Effect.void) };
      loop.setTimer(timer, loop.clock.after(ms));
      return Effect.sync(() => loop.unsetTimer(timer));
    });
  }
}

function nanoseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1e6));
}

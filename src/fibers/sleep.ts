import { checkDuration, checkTime } from '../base/check.js';
import { currentFiber } from './current.js';
import { Label } from './label.js';
import type { Operation } from './operation.js';
import { Suspension, SuspensionKind } from './suspension.js';

/**
 * Waits for `ms` milliseconds, as exactly as Node's timers: up to 1 ms less, and longer when the loop is busy. `sleep(0)` gives
 * the event loop a turn.
 *
 * @throws `ArgumentError`.
 * Suspends: always. If cancelled: throws at once.
 *
 * @example
 * const began = now();
 * yield* sleep(100);
 * console.log(`${Math.round(now() - began)} ms`); // about 100
 */
export function sleep(ms: number): Operation<void> {
  checkDuration('ms', ms);
  return new Suspension<void>(SLEEP, undefined, ms);
}

/**
 * Waits until `now()` has reached `at`, in ms; with `Infinity` forever.
 *
 * @throws `ArgumentError`.
 * Suspends: always. If cancelled: throws at once.
 *
 * @example
 * // Every 10 ms, however long the work takes.
 * for (let next = now(); !isDone(); next += 10) {
 *   yield* sleepUntil(next);
 *   work();
 * }
 */
export function sleepUntil(at: number): Operation<void> {
  checkTime('at', at);
  return new Suspension<void>(SLEEP_UNTIL, undefined, at);
}

/**
 * The runtime's monotonic clock in milliseconds, virtual in tests. The time base of every deadline. A plain call.
 *
 * @throws `MisuseError` outside of fibers.
 *
 * @example
 * const end = now() + 50;
 * let tries = 0;
 * for (; now() < end; tries++) yield* sleep(10);
 * console.log(`${tries} tries`); // about 5
 */
export function now(): number {
  return currentFiber('now').loop.clock.now();
}

/**
 * When a wait of `ms` that begins now is over, in ms of `now()`. Everything that takes a duration uses it, so that equal waits
 * end together.
 */
export function after(ms: number): number {
  return currentFiber('now').loop.clock.after(ms);
}

function disarm(suspension: Suspension): void {
  suspension.fiber!.loop.unsetTimer(suspension);
}

const LABEL = new Label('sleep');

const SLEEP: SuspensionKind<undefined, number, void> = new SuspensionKind<undefined, number, void>({
  label: LABEL,
  arm(suspension) {
    const loop = suspension.fiber!.loop;
    loop.setTimer(suspension, loop.clock.after(suspension.argument));
  },
  abort: disarm,
});

const SLEEP_UNTIL: SuspensionKind<undefined, number, void> = new SuspensionKind<undefined, number, void>({
  label: LABEL,
  arm(suspension) {
    const at = suspension.argument;
    if (at < Infinity) suspension.fiber!.loop.setTimer(suspension, at);
  },
  abort: disarm,
});

// Not the global one, which fake timers of test runners replace: its turns would never come.
import { setImmediate } from 'node:timers';
import { checkDuration, expected } from '../base/check.js';
import type { Clock } from '../base/clock.js';
import { checkKnown } from '../base/known-options.js';

/**
 * Time under a test's control. It stands still while fibers run; when nothing is ready any more it jumps to the next alarm
 * (`autoAdvance`), or waits to be moved by `advance`. So a test of an hour takes a millisecond, and runs the same each time.
 * Several runtimes may share one, for example processes that talk to each other.
 *
 * Promises that settle by themselves are waited for. Real input and output is not, since nothing tells that it is going on: time
 * would jump past it. Use in-memory connections, or the system's clock.
 */
export class VirtualClock implements Clock {
  readonly autoAdvance: boolean;
  private time: number;
  private passes: (() => void)[] = [];
  /** When each alarm is due: there is one for each runtime. */
  private readonly alarms: Map<() => void, number> = new Map();
  private readonly whenExhausted: Set<{ readonly exhausted: () => void }> = new Set();
  private whenIdle: (() => void)[] = [];
  private turning: boolean = false;

  constructor(options: { autoAdvance?: boolean; start?: number } = {}) {
    checkKnown('VirtualClock', options, { autoAdvance: true, start: true });
    const { autoAdvance = true, start = 0 } = options;
    if (!Number.isFinite(start)) throw expected('start', 'a finite number of milliseconds', start);
    this.autoAdvance = autoAdvance;
    this.time = start;
  }

  now(): number {
    return this.time;
  }

  after(ms: number): number {
    return this.now() + ms;
  }

  unixTime(): number {
    return this.time;
  }

  defer(pass: () => void): void {
    this.passes.push(pass);
    this.turnSoon();
  }

  alarm(at: number, expire: () => void): void {
    if (at === Infinity) this.alarms.delete(expire);
    else this.alarms.set(expire, at);
    this.turnSoon();
  }

  onExhausted(exhausted: () => void): () => void {
    const entry = { exhausted };
    this.whenExhausted.add(entry);
    return () => void this.whenExhausted.delete(entry);
  }

  /** Resolves when nothing more can happen until time moves. */
  idle(): Promise<void> {
    return new Promise((resolve) => {
      this.whenIdle.push(resolve);
      this.turnSoon();
    });
  }

  /** Moves time on by `ms`; everything due until then happens in its order. */
  async advance(ms: number): Promise<void> {
    checkDuration('ms', ms);
    const until = this.time + ms;
    await this.idle();
    while (this.nextAlarm <= until) {
      this.ring();
      await this.idle();
    }
    this.time = Math.max(this.time, until);
  }

  private turnSoon(): void {
    if (this.turning) return;
    this.turning = true;
    this.turn(false);
  }

  /** In macrotasks, so that promises settle in between. `quiet` if the turn before had nothing to do. */
  private turn(quiet: boolean): void {
    setImmediate(() => {
      const passes = this.passes;
      this.passes = [];
      for (const pass of passes) pass();
      if (passes.length > 0 || !quiet) return this.turn(passes.length === 0);
      this.turning = false;
      this.becomeIdle();
    });
  }

  private becomeIdle(): void {
    const waiting = this.whenIdle;
    this.whenIdle = [];
    for (const resume of waiting) resume();
    if (waiting.length > 0) return this.autoAdvance ? this.turnSoon() : undefined;
    if (!this.autoAdvance) return;
    if (this.alarms.size > 0) this.ring();
    else if (!this.tellExhausted()) return;
    this.turnSoon();
  }

  private tellExhausted(): boolean {
    const latest = Array.from(this.whenExhausted).at(-1);
    if (latest === undefined) return false;
    this.whenExhausted.delete(latest);
    latest.exhausted();
    return true;
  }

  private ring(): void {
    const at = this.nextAlarm;
    this.time = Math.max(this.time, at);
    for (const [expire, due] of Array.from(this.alarms)) {
      if (due > at) continue;
      this.alarms.delete(expire);
      expire();
    }
  }

  private get nextAlarm(): number {
    return Math.min(...this.alarms.values());
  }
}

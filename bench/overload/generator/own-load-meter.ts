import { createHistogram, monitorEventLoopDelay } from 'node:perf_hooks';
import type { OwnLoad } from './assignment.js';

/** A whole processor but for noise, and a twentieth of the deadline: from here on the generator is a part of what it measures. */
const mostCpuShare = 0.95;
const mostSentLateMs = 25;

/** Milliseconds between two readings of the event loop's delay, which a reading includes. */
const resolution = 5;

/** Watches the generator itself while it works. */
export class OwnLoadMeter {
  private readonly loopDelay = monitorEventLoopDelay({ resolution });
  private readonly sentLate = createHistogram();
  private cpuBefore = process.cpuUsage();
  private startedAt = performance.now();

  start(): void {
    this.loopDelay.enable();
    this.cpuBefore = process.cpuUsage();
    this.startedAt = performance.now();
  }

  sent(lateMs: number): void {
    // In microseconds; a histogram takes integers from 1.
    this.sentLate.record(Math.max(1, Math.round(lateMs * 1000)));
  }

  /** `unsent`: how many of those that count were not sent at all. */
  stop(unsent: number): OwnLoad {
    const elapsedMs = performance.now() - this.startedAt;
    const { user, system } = process.cpuUsage(this.cpuBefore);
    this.loopDelay.disable();
    const cpuShare = (user + system) / 1000 / elapsedMs;
    const sentLateP99Ms = this.sentLate.count === 0 ? 0 : this.sentLate.percentile(99) / 1000;
    return {
      cpuShare,
      loopDelayP99Ms: Math.max(0, this.loopDelay.percentile(99) / 1e6 - resolution),
      sentLateP99Ms,
      saturated: cpuShare > mostCpuShare || sentLateP99Ms > mostSentLateMs || unsent > 0,
    };
  }
}

import { createHistogram } from 'node:perf_hooks';
import type { Metric } from '../metric.js';

const percents = [50, 90, 99] as const;

/** What a histogram of `what` is reported as: three percentiles and the maximum, in milliseconds. */
export function latencyMetrics(what: string): Metric[] {
  return [...percents.map((percent) => `p${percent}`), 'max'].map((name) => ({
    name: `${what} ${name} ms`,
    better: 'lower',
  }));
}

/** A histogram of durations with three significant digits, however many are recorded. */
export class Latencies {
  private readonly what: string;
  private readonly microseconds = createHistogram();

  /** `what` is the first word of the metrics' names. */
  constructor(what: string) {
    this.what = what;
  }

  record(ms: number): void {
    // It takes integers from 1.
    this.microseconds.record(Math.max(1, Math.round(ms * 1000)));
  }

  /** By the names of `latencyMetrics`; nothing where nothing was recorded. */
  metrics(): Record<string, number> {
    const { microseconds } = this;
    if (microseconds.count === 0) return {};
    const ms = [...percents.map((percent) => microseconds.percentile(percent)), microseconds.max];
    return Object.fromEntries(latencyMetrics(this.what).map(({ name }, index) => [name, ms[index]! / 1000]));
  }
}

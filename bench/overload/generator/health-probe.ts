import type { HealthResult, Outcome } from './assignment.js';
import type { Attempt } from './attempt.js';
import { KeepAlivePool } from './keep-alive-pool.js';
import { requestBytes } from './requests.js';

const intervalMs = 1000;

/**
 * Asks `/health` once a second over a connection that it keeps: where the kernel drops seven connections of eight, nothing
 * in the server could answer a new one.
 */
export class HealthProbe {
  private readonly bytes = requestBytes('/health', 'keep-alive');
  private readonly transport: KeepAlivePool;
  private readonly deadlineMs: number;
  private readonly latencies: number[] = [];
  /** Those whose outcome is known. */
  private asked = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(port: number, deadlineMs: number) {
    this.deadlineMs = deadlineMs;
    this.transport = new KeepAlivePool(port, 1, (attempt, outcome) => this.settle(attempt, outcome));
  }

  /**
   * Connects before there is any load, as a checker was there first, and asks from now on: servers close a connection over
   * which nothing comes for some seconds.
   */
  open(): void {
    this.ask();
    this.timer = setInterval(() => this.ask(), intervalMs);
  }

  /** What was asked before does not count. */
  start(): void {
    this.asked = 0;
    this.latencies.length = 0;
  }

  stop(): HealthResult {
    clearInterval(this.timer);
    this.transport.close();
    const slowest = this.latencies.length === 0 ? null : Math.max(...this.latencies);
    return { asked: this.asked, answered: this.latencies.length, slowest };
  }

  private ask(): void {
    const intendedAt = performance.now();
    const attempt: Attempt = {
      kind: 0,
      bytes: this.bytes,
      intendedAt,
      retriesLeft: 0,
      second: -1,
      counts: false,
      settled: false,
      abandon: null,
    };
    this.transport.send(attempt);
    setTimeout(() => {
      if (attempt.settled) return;
      this.settle(attempt, 'timeout');
      attempt.abandon?.();
    }, this.deadlineMs).unref();
  }

  private settle(attempt: Attempt, outcome: Outcome): void {
    attempt.settled = true;
    this.asked++;
    if (outcome === 'good') this.latencies.push(performance.now() - attempt.intendedAt);
  }
}

/** A power of two: how many operations share one reading of the clock, which costs about 45 ns. */
const operationsPerReading = 256;

/**
 * Times operations that happen all over a program. Every task calls `tick()` once for each operation and stops when
 * it answers `false`. Counting starts after the warm-up and ends when the time is over, so that starting and ending
 * the tasks is not in the figure, whatever order a scheduler runs them in; every subject gets the same time instead of
 * the same number of operations, so that a slow one does not hold up the run.
 *
 * A tick costs about 1 ns, in every subject alike.
 */
export class Lap {
  private count = 0;
  private running = true;
  private readonly createdAt: number = performance.now();
  private startedAt = 0;
  private startCount = 0;
  private endedAt = 0;
  private endCount = 0;
  private readonly warmUp: number;
  private readonly duration: number;
  private readonly minimum: number;

  /** `warmUp` and `duration` in milliseconds; both phases last at least `minimum` operations. */
  constructor(warmUp: number, duration: number, minimum: number) {
    this.warmUp = warmUp;
    this.duration = duration;
    this.minimum = minimum;
  }

  tick(): boolean {
    if ((++this.count & (operationsPerReading - 1)) === 0 && this.running) this.read();
    return this.running;
  }

  private read(): void {
    const now = performance.now();
    if (this.startCount === 0) {
      if (now - this.createdAt < this.warmUp || this.count < this.minimum) return;
      this.startedAt = now;
      this.startCount = this.count;
    } else if (now - this.startedAt >= this.duration && this.count - this.startCount >= this.minimum) {
      this.endedAt = now;
      this.endCount = this.count;
      this.running = false;
    }
  }

  get nanosecondsPerOperation(): number {
    if (this.running) throw new Error('The subject ended before its lap did');
    return ((this.endedAt - this.startedAt) * 1e6) / (this.endCount - this.startCount);
  }

  get operationsPerSecond(): number {
    return 1e9 / this.nanosecondsPerOperation;
  }
}

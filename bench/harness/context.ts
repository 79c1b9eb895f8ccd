import { Lap } from './lap.js';
import { median } from './median.js';

/** How long a subject may take, and the two ways to measure it. Times in milliseconds. */
export class Context {
  readonly benchmark: string;
  readonly quick: boolean;
  readonly warmUp: number;
  readonly duration: number;

  constructor(benchmark: string, quick: boolean) {
    this.benchmark = benchmark;
    this.quick = quick;
    this.warmUp = quick ? 200 : 400;
    this.duration = quick ? 200 : 800;
  }

  /** For operations that tasks do again and again. `minimum`: with n tasks, enough for each to have had its turn. */
  lap(minimum: number): Lap {
    rehearse();
    return new Lap(this.warmUp, this.duration, minimum);
  }

  /**
   * For operations that only exist as a batch (spawn 100,000 and join them). `batch` answers how many nanoseconds its
   * `operations` took, without what it had to prepare. The first batch warms up; of the others the median counts.
   */
  async batches(operations: number, batch: () => number | Promise<number>): Promise<number> {
    const start = performance.now();
    await batch();
    const results: number[] = [];
    do results.push(await batch());
    while (performance.now() - start < this.warmUp + this.duration);
    return median(results) / operations;
  }
}

/**
 * Takes a lap through all of its states. V8 treats fields that have never changed as constants; without this it throws away the optimised
 * code of the subject in the moment in which its measurement begins.
 */
function rehearse(): void {
  const lap = new Lap(0, 0, 0);
  while (lap.tick());
}

/** Nanoseconds on the clock of the batches. */
export function nanoseconds(): number {
  return performance.now() * 1e6;
}

import { Lap } from './lap.js';
import { median } from './median.js';
import type { Pace } from './pace.js';

/** Milliseconds. */
const phases: Readonly<Record<Pace, { readonly warmUp: number; readonly duration: number }>> = {
  full: { warmUp: 400, duration: 800 },
  quick: { warmUp: 200, duration: 200 },
  smoke: { warmUp: 2, duration: 5 },
};

/** How long a subject may take, and the two ways to measure it. Times in milliseconds. */
export class Context {
  readonly benchmark: string;
  /** No time for what needs seconds; true of a smoke run, too. */
  readonly quick: boolean;
  /** The figure is thrown away: only do everything once. */
  readonly smoke: boolean;
  readonly warmUp: number;
  readonly duration: number;

  constructor(benchmark: string, pace: Pace) {
    this.benchmark = benchmark;
    this.quick = pace !== 'full';
    this.smoke = pace === 'smoke';
    ({ warmUp: this.warmUp, duration: this.duration } = phases[pace]);
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
 * Takes a lap through all of its states. V8 treats fields that have never changed as constants; without this it throws away the
 * optimised code of the subject in the moment in which its measurement begins.
 */
function rehearse(): void {
  const lap = new Lap(0, 0, 0);
  while (lap.tick());
}

/** Nanoseconds on the clock of the batches. */
export function nanoseconds(): number {
  return performance.now() * 1e6;
}

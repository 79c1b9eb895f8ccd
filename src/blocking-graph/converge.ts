/**
 * Repeats `sweep`, which brings `values` nearer to a fixed point, until they have converged.
 *
 * Around a cycle the error shrinks by the same factor in each sweep: a loop of ten thousand turns would take a hundred
 * thousand sweeps. So once the changes of two sweeps are parallel, the rest of their geometric series is added at once
 * (Aitken's delta-squared method, for vectors). Values that diverge stay as they are when it gives up.
 *
 * @param most how many sweeps at most.
 * @param tolerance how much a sweep may still change, of the sum of the values.
 * @returns whether they have converged.
 */
export function converge(
  sweep: () => void,
  values: readonly Float64Array[],
  most: number = sweepsOf(values[0]?.length ?? 0),
  tolerance: number = TOLERANCE,
): boolean {
  const series = values.map((numbers) => new Series(numbers, tolerance));
  for (let sweeps = 0; sweeps < most; sweeps++) {
    sweep();
    let settled = true;
    for (const one of series) if (!one.follow()) settled = false;
    if (settled) return values.every((numbers) => numbers.every(Number.isFinite));
  }
  return false;
}

function sweepsOf(size: number): number {
  return Math.min(MOST_SWEEPS, Math.max(LEAST_SWEEPS, MOST_VISITS / size));
}

class Series {
  private readonly values: Float64Array;
  private readonly tolerance: number;
  /** The values after the last sweep, and by how much it changed them. */
  private readonly last: Float64Array;
  private readonly change: Float64Array;
  /** Sweeps since the last extrapolation. */
  private sweeps: number = 0;

  constructor(values: Float64Array, tolerance: number) {
    this.values = values;
    this.tolerance = tolerance;
    this.last = values.slice();
    this.change = new Float64Array(values.length);
  }

  /** To be called after each sweep. Returns whether the sweep changed next to nothing. */
  follow(): boolean {
    const { values, last, change } = this;
    let [sum, moved, before, now, along] = [0, 0, 0, 0, 0];
    for (let i = 0; i < values.length; i++) {
      const step = values[i]! - last[i]!;
      sum += Math.abs(values[i]!);
      moved += Math.abs(step);
      before += change[i]! * change[i]!;
      now += step * step;
      along += step * change[i]!;
      change[i] = step;
      last[i] = values[i]!;
    }
    if (moved <= this.tolerance * sum || !Number.isFinite(sum)) return true;
    const ratio = along / before;
    if (++this.sweeps > 2 && ratio < MOST_RATIO && along > ALIGNED * Math.sqrt(before * now)) this.add(ratio);
    return false;
  }

  private add(ratio: number): void {
    const { values, last, change } = this;
    this.sweeps = 0;
    for (let i = 0; i < values.length; i++) last[i] = values[i]! += (change[i]! * ratio) / (1 - ratio);
  }
}

const TOLERANCE = 1e-9;
/** Least cosine of the angle between two changes that count as parallel. */
const ALIGNED = 0.9999;
/** Closer to 1, a series cannot be told from a divergent one. Loops of ten thousand turns are at 0.9999. */
const MOST_RATIO = 0.99999;
const MOST_SWEEPS = 1000;
const LEAST_SWEEPS = 50;
/** Node visits, over all sweeps of one recurrence: with four resources that takes a second. */
const MOST_VISITS = 1_000_000;

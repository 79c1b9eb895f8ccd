import { grown } from '../base/grown.js';

/** Some of the nodes in an order: those at the places from `begin` to before `end`. */
export interface Stretch {
  readonly order: Int32Array;
  readonly begin: number;
  readonly end: number;
}

/**
 * The values of some nodes, swept over and over until they no longer change.
 *
 * Around a cycle the error shrinks by the same factor in each sweep: a loop of ten thousand turns would take a hundred
 * thousand sweeps. So once the changes of two sweeps are parallel, the rest of their geometric series is added at once
 * (Aitken's delta-squared method, for vectors).
 */
export class Series {
  private values: Float64Array = EMPTY;
  private nodes: Stretch = NOWHERE;
  /** By node: the value after the last sweep, and by how much that changed it. */
  private last: Float64Array = EMPTY;
  private change: Float64Array = EMPTY;
  /** Sweeps since the last extrapolation. */
  private sweeps: number = 0;
  /** By how much each change is smaller than the one before, if the last two were parallel; else 0. */
  private ratio: number = 0;

  begin(values: Float64Array, nodes: Stretch): void {
    this.values = values;
    this.nodes = nodes;
    this.last = grown(this.last, values.length);
    this.change = grown(this.change, values.length);
    this.sweeps = 0;
    this.ratio = 0;
    const { order, begin, end } = nodes;
    for (let i = begin; i < end; i++) {
      const n = order[i]!;
      this.last[n] = values[n]!;
      this.change[n] = 0;
    }
  }

  /** To be called after each sweep. Returns whether it has changed no more than `tolerance`, of the sum of the values. */
  follow(tolerance: number): boolean {
    const { values, last, change } = this;
    const { order, begin, end } = this.nodes;
    let sum = 0;
    let moved = 0;
    let before = 0;
    let now = 0;
    let along = 0;
    for (let i = begin; i < end; i++) {
      const n = order[i]!;
      const step = values[n]! - last[n]!;
      sum += Math.abs(values[n]!);
      moved += Math.abs(step);
      before += change[n]! * change[n]!;
      now += step * step;
      along += step * change[n]!;
      change[n] = step;
      last[n] = values[n]!;
    }
    if (moved <= tolerance * sum) return true;
    const ratio = along / before;
    const isKnown = ++this.sweeps > 2 && ratio < MOST_RATIO && along > ALIGNED * Math.sqrt(before * now);
    this.ratio = isKnown ? ratio : 0;
    return false;
  }

  /** Adds the rest of the series, if it is known. To be called before a sweep, which sees to it that the values are possible. */
  extrapolate(): void {
    const { values, last, change, ratio } = this;
    if (ratio === 0) return;
    const { order, begin, end } = this.nodes;
    this.sweeps = this.ratio = 0;
    for (let i = begin; i < end; i++) {
      const n = order[i]!;
      last[n] = values[n]! += (change[n]! * ratio) / (1 - ratio);
    }
  }
}

const EMPTY = new Float64Array(0);
const NOWHERE: Stretch = { order: new Int32Array(0), begin: 0, end: 0 };
/** Least cosine of the angle between two changes that count as parallel. */
const ALIGNED = 0.9999;
/** Closer to 1, a series cannot be told from a divergent one. Loops of ten thousand turns are at 0.9999. */
const MOST_RATIO = 0.99999;

import { grown } from '../base/grown.js';

/** The predicted demand for one resource, indexed by node. Letters are those of `Prediction`. */
export class Demand {
  /** W: demand still to come. */
  work: Float64Array = EMPTY;
  /** U: the same, weighted by when. */
  when: Float64Array = EMPTY;
  /** D: the expected peak of a stock still to be taken, and its variance. */
  peak: Float64Array = EMPTY;
  spread: Float64Array = EMPTY;
  /** What a fiber at the node already holds. */
  held: Float64Array = EMPTY;
  /** Q: what counts as outstanding for a fiber at the node, including what it holds. Never negative. */
  outstanding: Float64Array = EMPTY;
  /** r: how much of the resource a fiber at the node uses or holds steadily, with no end in sight. Never negative. */
  steady: Float64Array = EMPTY;

  grow(size: number): void {
    this.work = grown(this.work, size);
    this.when = grown(this.when, size);
    this.peak = grown(this.peak, size);
    this.spread = grown(this.spread, size);
    this.held = grown(this.held, size);
    this.outstanding = grown(this.outstanding, size);
    this.steady = grown(this.steady, size);
  }

  /** H: the mean delay in ms until the demand of a fiber at `node` falls due. */
  delay(node: number): number {
    const work = this.work[node]!;
    return work > 0 ? Math.max(0, this.when[node]! / work) : 0;
  }
}

const EMPTY = new Float64Array(0);

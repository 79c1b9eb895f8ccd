import { grown } from '../base/grown.js';

/** Of one resource, by number of the node. */
export class Demand {
  /** W. */
  work: Float64Array = EMPTY;
  /** U. */
  when: Float64Array = EMPTY;
  /** D, and its variance. */
  peak: Float64Array = EMPTY;
  spread: Float64Array = EMPTY;
  /** What a fiber holds that stands here. */
  held: Float64Array = EMPTY;
  /** Q: what counts as outstanding for a fiber that stands here, with what it holds. Never negative. */
  outstanding: Float64Array = EMPTY;
  /** r: how much of the resource a fiber that stands here goes on using, or holding, as far as one can see. Never negative. */
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

  /** H: mean delay in ms until the demand of a fiber at `node` falls due. */
  delay(node: number): number {
    const work = this.work[node]!;
    return work > 0 ? Math.max(0, this.when[node]! / work) : 0;
  }
}

const EMPTY = new Float64Array(0);

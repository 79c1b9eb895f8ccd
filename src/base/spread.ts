/** Exponentially weighted mean and variance. "No sample yet" is a mean of 0 with `samples` 0. */
export class Spread {
  mean: number = 0;
  variance: number = 0;
  samples: number = 0;

  /** The first samples count as in a plain mean: one that began with an outlier would take long to forget it. */
  add(sample: number): void {
    const weight = Math.max(1 / ++this.samples, WEIGHT);
    const distance = sample - this.mean;
    this.mean += weight * distance;
    this.variance = (1 - weight) * (this.variance + weight * distance * distance);
  }

  /**
   * The variance with a margin for few samples: as if `DOUBT` samples before had been spread like an exponential distribution.
   */
  get cautiousVariance(): number {
    const { mean, variance, samples } = this;
    return (DOUBT * mean * mean + samples * variance) / (DOUBT + samples);
  }
}

const WEIGHT = 1 / 16;
/** In samples. */
const DOUBT = 8;

/**
 * Exponentially weighted mean: each sample moves it by `weight` of its distance to the sample, so the last
 * 1 / weight samples count for about two thirds of it. The first sample sets it.
 *
 * "No sample yet" is a state of its own. Capriccio took a mean of zero for it, so a mean that had decayed to zero was replaced
 * by one outlier.
 */
export class Ewma {
  /** The mean; NaN before the first sample. */
  value: number = NaN;
  samples: number = 0;
  private readonly weight: number;

  /** `weight` is above 0 and at most 1. The default is Capriccio's. */
  constructor(weight: number = 1 / 8) {
    this.weight = weight;
  }

  add(sample: number): void {
    if (this.samples++ === 0) this.value = sample;
    else this.value += (sample - this.value) * this.weight;
  }

  /** The mean, or null before the first sample: what a snapshot shows. */
  mean(): number | null {
    return this.samples === 0 ? null : this.value;
  }
}

/** The defaults of the source. */
const least = 20;
const most = 200;
const growth = 4;
const smoothing = 0.2;
const tolerance = 1.5;
const longWindow = 600;
const warmUpSamples = 10;

/**
 * The limit of `Gradient2Limit` in Netflix's concurrency-limits, with that library's defaults: it shrinks where the mean
 * service time of a window is more than half as much again as the long-term mean, and else grows as long as it is made use of.
 */
export class Gradient2 {
  limit = least;
  private longMean = 0;
  private windows = 0;

  /** At the end of each window: the mean service time in ms, and how many were at work at most. */
  update(shortMean: number, mostActive: number): void {
    this.windows++;
    // A plain mean at first; then an exponential one.
    const factor = this.windows <= warmUpSamples ? 1 / this.windows : 2 / (longWindow + 1);
    this.longMean += (shortMean - this.longMean) * factor;
    const gradient = Math.max(0.5, Math.min(1, (tolerance * this.longMean) / shortMean));
    // Back to normal after a long overload: faster than the mean would forget it.
    if (this.longMean > 2 * shortMean) this.longMean *= 0.95;
    if (mostActive < this.limit / 2) return;
    const next = this.limit * gradient + growth;
    this.limit = Math.max(least, Math.min(most, this.limit * (1 - smoothing) + next * smoothing));
  }
}

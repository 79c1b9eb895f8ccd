import type { Gate } from './gate.js';

/** The defaults of the source. */
const least = 20;
const most = 200;
const growth = 4;
const smoothing = 0.2;
const longWindow = 600;
const warmUpSamples = 10;
const windowMs = 1000;
const samplesInWindow = 10;

/**
 * A limit that follows the gradient between the mean service time of a window and its long-term mean: the idea of
 * `Gradient2Limit` in Netflix's concurrency-limits, with that library's defaults and its window of a second.
 */
export class Gradient2Limit implements Gate {
  private limit = least;
  private active = 0;
  private longMean = 0;
  private windows = 0;
  private window = { endsAt: performance.now() + windowMs, samples: 0, sum: 0, mostActive: 0 };

  enter(begin: () => void, refuse: () => void): void {
    if (this.active >= Math.floor(this.limit)) return refuse();
    this.active++;
    this.window.mostActive = Math.max(this.window.mostActive, this.active);
    begin();
  }

  leave(ms: number): void {
    const { window } = this;
    this.active--;
    window.samples++;
    window.sum += ms;
    const now = performance.now();
    if (now < window.endsAt || window.samples < samplesInWindow) return;
    this.adjust(window.sum / window.samples, window.mostActive);
    this.window = { endsAt: now + windowMs, samples: 0, sum: 0, mostActive: this.active };
  }

  private adjust(shortMean: number, mostActive: number): void {
    this.windows++;
    // A plain mean at first; then an exponential one.
    const factor = this.windows <= warmUpSamples ? 1 / this.windows : 2 / (longWindow + 1);
    this.longMean += (shortMean - this.longMean) * factor;
    const gradient = Math.max(0.5, Math.min(1, this.longMean / shortMean));
    // Back to normal after a long overload: faster than the mean would forget it.
    if (this.longMean > 2 * shortMean) this.longMean *= 0.9;
    if (mostActive < this.limit / 2) return;
    const next = this.limit * gradient + growth;
    this.limit = Math.max(least, Math.min(most, this.limit * (1 - smoothing) + next * smoothing));
  }
}

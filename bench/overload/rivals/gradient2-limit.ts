import type { Gate } from './gate.js';
import { Gradient2 } from './gradient2.js';

/** The defaults of the source. What takes less than the last is no sample. */
const windowMs = 1000;
const samplesInWindow = 10;
const leastMs = 0.1;

/** At most as many requests at once as `Gradient2` allows; its windows are a second long, as that library's. */
export class Gradient2Limit implements Gate {
  private readonly gradient = new Gradient2();
  private active = 0;
  private window = { endsAt: performance.now() + windowMs, samples: 0, sum: 0, mostActive: 0 };

  enter(begin: () => void, refuse: () => void): void {
    if (this.active >= Math.floor(this.gradient.limit)) return refuse();
    this.active++;
    this.window.mostActive = Math.max(this.window.mostActive, this.active);
    begin();
  }

  leave(ms: number): void {
    const { window } = this;
    this.active--;
    if (ms < leastMs) return;
    window.samples++;
    window.sum += ms;
    const now = performance.now();
    if (now < window.endsAt) return;
    if (window.samples >= samplesInWindow) this.gradient.update(window.sum / window.samples, window.mostActive);
    this.window = { endsAt: now + windowMs, samples: 0, sum: 0, mostActive: this.active };
  }
}

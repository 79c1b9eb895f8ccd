import type { Phase } from '../phase.js';

/** A moment of the load profile: in which phase, and in which second of it. */
export interface Place {
  readonly phase: number;
  readonly second: number;
}

/** A Poisson process whose rate follows the phases. Times in ms since the profile began. */
export class Arrivals {
  /** When the next one is intended; Infinity after the last. */
  next = 0;
  private phase = 0;
  private readonly ends: readonly number[];
  private readonly phases: readonly Phase[];
  private readonly peak: number;
  private readonly random: () => number;

  constructor(phases: readonly Phase[], peak: number, random: () => number) {
    let end = 0;
    this.ends = phases.map(({ seconds }) => (end += seconds * 1000));
    this.phases = phases;
    this.peak = peak;
    this.random = random;
    this.advance();
  }

  /** When phase `index` begins. */
  beginOf(index: number): number {
    return this.ends[index - 1] ?? 0;
  }

  /** Of a moment; past the end that of the last phase. */
  placeAt(ms: number): Place {
    const found = this.ends.findIndex((end) => ms < end);
    const phase = found === -1 ? this.ends.length - 1 : found;
    return { phase, second: Math.floor((ms - this.beginOf(phase)) / 1000) };
  }

  advance(): void {
    for (; this.phase < this.phases.length; this.phase++) {
      const perMs = (this.phases[this.phase]!.load * this.peak) / 1000;
      this.next += -Math.log(1 - this.random()) / perMs;
      if (this.next < this.ends[this.phase]!) return;
      // The process has no memory: at a change of the rate it may begin anew.
      this.next = this.ends[this.phase]!;
    }
    this.next = Infinity;
  }
}

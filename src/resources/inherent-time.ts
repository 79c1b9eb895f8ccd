import { Cohort } from './cohort.js';

/**
 * How long work of a kind takes by nature: of many that began in a row the slowest, in the row where that was least. The fastest
 * piece says nothing where some are answered from a cache or fail at once, and a mean or low quantile too little. Nor would a
 * row by end times do: where some wait for half a minute on purpose, all that end before them are others.
 */
export class InherentTime {
  /** In ms. Until a cohort has ended, what the slowest took so far. */
  ms: number = 0;
  /** The mean, in the row where that was least, in ms. */
  meanMs: number = 0;
  private known: boolean = false;
  /** The cohort of work that begins now. */
  private cohort: Cohort = new Cohort(FIRST_SIZE);

  /** Work begins; returns its cohort. */
  begin(): Cohort {
    if (this.cohort.coming === 0) this.cohort = new Cohort(SIZE);
    this.cohort.coming--;
    this.cohort.missing++;
    return this.cohort;
  }

  /** Work of `cohort` has ended. */
  end(cohort: Cohort, tookMs: number): void {
    cohort.slowestMs = Math.max(cohort.slowestMs, tookMs);
    cohort.ended++;
    cohort.sumMs += tookMs;
    if (!this.known) this.meanMs = this.ms = Math.max(this.ms, tookMs);
    this.left(cohort);
  }

  /** Work of `cohort` was cancelled. How long it would have taken is not known, but longer than that. */
  cancel(cohort: Cohort, afterMs: number): void {
    cohort.cancelledMs = Math.max(cohort.cancelledMs, afterMs);
    this.left(cohort);
  }

  private left(cohort: Cohort): void {
    cohort.missing--;
    const { slowestMs, cancelledMs } = cohort;
    if (cohort.coming > 0 || cohort.missing > 0 || slowestMs === 0) return;
    this.ms = Math.min(this.ms, Math.max(slowestMs, cancelledMs));
    const meanMs = cohort.sumMs / cohort.ended;
    if (!this.known) this.meanMs = meanMs;
    else if (cancelledMs <= slowestMs) this.meanMs = Math.min(this.meanMs, meanMs);
    this.known = true;
  }

  /** Some time has passed: what work takes may change with the program. */
  age(): void {
    this.ms *= AGING;
    this.meanMs *= AGING;
  }
}

/** Where one in ten pieces of work is slow, one cohort in a million has none of them. */
const SIZE = 128;
/**
 * What slow start lets in at first. Of the first 32, where there is overload from the start, the slowest would have waited for the
 * others at whatever they need, and to take most of the goal would seem to be their nature.
 */
const FIRST_SIZE = 8;
const AGING = 1.001;

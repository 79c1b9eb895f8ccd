import { Cohort } from './cohort.js';

/**
 * How long work of a kind takes by nature: of many that began in a row the slowest, in the row where that was least. The fastest
 * piece says nothing where some are answered from a cache or fail at once, and a mean or low quantile too little. Nor would a
 * row by end times do: where some wait for half a minute on purpose, all that end before them are others.
 */
export class InherentTime {
  /** In ms. Until a cohort has ended, what the slowest took so far. */
  ms: number = 0;
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

  /** Work of `cohort` has ended. `tookMs` is null if it was cancelled: how long it would have taken is not known. */
  end(cohort: Cohort, tookMs: number | null): void {
    cohort.missing--;
    if (tookMs !== null && tookMs > cohort.slowestMs) cohort.slowestMs = tookMs;
    if (!this.known) this.ms = Math.max(this.ms, cohort.slowestMs);
    if (cohort.coming > 0 || cohort.missing > 0 || cohort.slowestMs === 0) return;
    if (cohort.slowestMs < this.ms) this.ms = cohort.slowestMs;
    this.known = true;
  }

  /** Some time has passed: what work takes may change with the program. */
  age(): void {
    this.ms *= AGING;
  }
}

/** Where one in ten pieces of work is slow, one cohort in a million has none of them. */
const SIZE = 128;
/** Smaller, so that it ends before a queue has grown, where there is overload from the start. */
const FIRST_SIZE = 32;
const AGING = 1.001;

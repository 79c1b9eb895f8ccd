import { Cohort } from './cohort.js';

/**
 * What work of a kind takes by nature: the slowest of many that began in a row, in that row of them in which it was least. The
 * fastest one says nothing where some are answered from a cache, or fail at once; and a mean or a low quantile too little. Nor do
 * those that end in a row: where some wait for half a minute by intention, all that end before are others.
 */
export class InherentTime {
  /** In ms. Until all of a cohort have ended, what the slowest took so far. */
  ms: number = 0;
  private known: boolean = false;
  /** To which work belongs that begins now. */
  private cohort: Cohort = new Cohort(FIRST_SIZE);

  /** Work begins, which belongs to a cohort. */
  begin(): Cohort {
    if (this.cohort.coming === 0) this.cohort = new Cohort(SIZE);
    this.cohort.coming--;
    this.cohort.missing++;
    return this.cohort;
  }

  /** Work of `cohort` has ended; how long it would have taken is not known of who was cancelled. */
  end(cohort: Cohort, tookMs: number | null): void {
    cohort.missing--;
    if (tookMs !== null && tookMs > cohort.slowestMs) cohort.slowestMs = tookMs;
    if (!this.known) this.ms = Math.max(this.ms, cohort.slowestMs);
    if (cohort.coming > 0 || cohort.missing > 0 || cohort.slowestMs === 0) return;
    if (cohort.slowestMs < this.ms) this.ms = cohort.slowestMs;
    this.known = true;
  }

  /** Some time has passed: what work takes may change, and the program with it. */
  age(): void {
    this.ms *= AGING;
  }
}

/** Of work of which one in ten is slow, one cohort in a million has none of it. */
const SIZE = 128;
/** In an overload from the start on, before a queue has grown. */
const FIRST_SIZE = 32;
const AGING = 1.001;

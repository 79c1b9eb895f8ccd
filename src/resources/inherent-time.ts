/**
 * What work of a kind takes by nature: the slowest of many in a row, in that row of them in which it was least. The fastest one
 * says nothing where some are answered from a cache, or fail at once; and a mean or a low quantile too little.
 */
export class InherentTime {
  /** In ms. Until the first row is full, what the slowest took so far. */
  ms: number = 0;
  private known: boolean = false;
  private count: number = 0;
  private slowestMs: number = 0;

  add(tookMs: number): void {
    if (tookMs > this.slowestMs) this.slowestMs = tookMs;
    if (!this.known) this.ms = this.slowestMs;
    if (++this.count < (this.known ? ROW : FIRST_ROW)) return;
    if (this.slowestMs < this.ms) this.ms = this.slowestMs;
    this.known = true;
    this.count = this.slowestMs = 0;
  }

  /** Some time has passed: what work takes may change, and the program with it. */
  age(): void {
    this.ms *= AGING;
  }
}

/** Of work of which one in ten is slow, one row in a million has none of it. */
const ROW = 128;
/** In an overload from the start on, before a queue has grown. */
const FIRST_ROW = 32;
const AGING = 1.001;

/**
 * What work of a kind takes by nature: the slowest of many that began in a row, in that row of them in which it was least. The
 * fastest one says nothing where some are answered from a cache, or fail at once; and a mean or a low quantile too little. Nor do
 * those that end in a row: where some wait for half a minute by intention, all that end before are others.
 */
export class InherentTime {
  /** In ms. Until all of a row have ended, what the slowest took so far. */
  ms: number = 0;
  private known: boolean = false;
  /** To which work belongs that begins now. */
  private row: Row = new Row(FIRST_ROW);

  /** Work begins, which belongs to a row with others. */
  begin(): Row {
    if (this.row.coming === 0) this.row = new Row(ROW);
    this.row.coming--;
    this.row.missing++;
    return this.row;
  }

  /** Work of `row` has ended; how long it would have taken is not known of who was cancelled. */
  end(row: Row, tookMs: number | null): void {
    row.missing--;
    if (tookMs !== null && tookMs > row.slowestMs) row.slowestMs = tookMs;
    if (!this.known) this.ms = Math.max(this.ms, row.slowestMs);
    if (row.coming > 0 || row.missing > 0 || row.slowestMs === 0) return;
    if (row.slowestMs < this.ms) this.ms = row.slowestMs;
    this.known = true;
  }

  /** Some time has passed: what work takes may change, and the program with it. */
  age(): void {
    this.ms *= AGING;
  }
}

/** Work that began in a row. */
export class Row {
  /** Work that is to belong to it still, and of what belongs to it that which has not ended. */
  coming: number;
  missing: number = 0;
  slowestMs: number = 0;

  constructor(size: number) {
    this.coming = size;
  }
}

/** Of work of which one in ten is slow, one row in a million has none of it. */
const ROW = 128;
/** In an overload from the start on, before a queue has grown. */
const FIRST_ROW = 32;
const AGING = 1.001;

/** Work of one kind that began in a row, however far apart it ends. */
export class Cohort {
  /** How much more work is to join it, and how much of what has joined has not ended. */
  coming: number;
  missing: number = 0;
  slowestMs: number = 0;
  /** How many have ended without being cancelled, and how long these took in all. */
  ended: number = 0;
  sumMs: number = 0;
  /** How long the last that was cancelled had been under way; it would have taken longer. */
  cancelledMs: number = 0;

  constructor(size: number) {
    this.coming = size;
  }
}

/** Work of one kind that began in a row, however far apart it ends. */
export class Cohort {
  /** Work that is to belong to it still, and of what belongs to it that which has not ended. */
  coming: number;
  missing: number = 0;
  slowestMs: number = 0;

  constructor(size: number) {
    this.coming = size;
  }
}

/**
 * How much work of one kind may be under way at once until it is seen whether so much is answered as fast as less: three times as
 * much as was so far. What a service behind a socket can do nobody knows. When eight times as much comes all at once, several
 * seconds of work would wait there before the first of it is late, most of it for clients that have long given up. Slow start in
 * TCP is the same idea (Jacobson, "Congestion Avoidance and Control", SIGCOMM 1988).
 */
export class Growth {
  /** The most of it that was under way, with the piece itself, when one began that took no longer than by nature. */
  private shown: number = 0;

  /** How much may be under way. */
  get most(): number {
    return Math.max(LEAST, FACTOR * this.shown);
  }

  /** A piece of work that was one of so many under way when it began was answered as fast as any. */
  answered(among: number): void {
    if (among > this.shown) this.shown = among;
  }

  /** Some time has passed: what could be done then may no longer be possible. */
  age(): void {
    this.shown *= FADING;
  }
}

/** As much as slow start lets in at first: one is under way, and two more for each that ends. */
const FACTOR = 3;
/** However many kinds need the same service, not much is begun at once. */
const LEAST = 4;
const FADING = 0.999;

import { checkInteger } from './check.js';

/**
 * Pseudo-random numbers that a seed reproduces exactly, on every machine: shuffled schedules, jitter, simulated worlds.
 *
 * The generator is sfc32 ("small fast counting", Chris Doty-Humphrey, PractRand, public domain): 128 bits of state, which
 * include a counter that makes every cycle at least 2^32 long, and only 32-bit additions, shifts and exclusive-ors, which
 * JavaScript does exactly. Not for secrets.
 */
export class Random {
  /** What to print so that a failure can be repeated. */
  readonly seed: number;
  private a: number;
  private b: number;
  private c: number = 0;
  private counter: number = 1;

  /** `seed` is any 32-bit integer, signed or not. */
  constructor(seed: number) {
    checkInteger('seed', seed, -(2 ** 31), 2 ** 32 - 1);
    this.seed = seed;
    this.a = 0;
    this.b = seed | 0;
    // As many rounds as PractRand's own seeding, after which seeds that differ in one bit have nothing in common.
    for (let i = 0; i < 12; i++) this.bits();
  }

  /** A number ≥ 0 and < 1, in steps of 2^-53. */
  next(): number {
    const high = this.bits() >>> 5;
    const low = this.bits() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  }

  /** An integer ≥ 0 and < `n`, for `n` from 1 to 2^32. The bias, at most `n` / 2^53, cannot be observed. */
  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  /** Shuffles the array in place (Fisher and Yates) and returns it. */
  shuffle<T>(array: T[]): T[] {
    for (let i = array.length - 1; i > 0; i--) {
      const j = this.below(i + 1);
      const swapped = array[i]!;
      array[i] = array[j]!;
      array[j] = swapped;
    }
    return array;
  }

  /** The next 32 bits, as a signed integer. */
  private bits(): number {
    const { a, b, c, counter } = this;
    const out = (a + b + counter) | 0;
    this.counter = (counter + 1) | 0;
    this.a = b ^ (b >>> 9);
    this.b = (c + (c << 3)) | 0;
    this.c = (((c << 21) | (c >>> 11)) + out) | 0;
    return out;
  }
}

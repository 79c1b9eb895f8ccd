/** Whole numbers that begin different series of `randomWork`. None is 0. */
export const workSeed = (number: number): number => Math.imul(number, 2_654_435_761) | 1;

/**
 * Computes for a random time, two microseconds or so on average: 1 to 999 rounds
 * of xorshift, each of which waits for the one before.
 *
 * @returns what to begin with the next time.
 */
export function randomWork(state: number): number {
  let next = state;
  for (let left = 1 + ((state >>> 0) % 999); left > 0; left--) {
    next ^= next << 13;
    next ^= next >>> 17;
    next ^= next << 5;
  }
  return next;
}

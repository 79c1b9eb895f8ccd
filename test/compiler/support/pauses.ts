/** Far more than a random program has. */
const MOST = 100_000;

let left = Infinity;

/** How often loops may still ask for the time: a compiler that is wrong on purpose makes some that never end. */
export const pauses = {
  limit(): void {
    left = MOST;
  },
  note(): void {
    if (--left < 0) throw new Error('it does not end');
  },
};

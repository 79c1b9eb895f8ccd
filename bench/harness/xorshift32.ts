/** Pseudo-random whole numbers below 2³², the same for every subject; each `number` gives a series of its own. */
export function series(number = 0): () => number {
  let state = 2_463_534_242 ^ Math.imul(number, 2_654_435_761) || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
}

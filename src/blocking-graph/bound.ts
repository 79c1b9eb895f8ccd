/**
 * Keeps values finite. While every fiber of a kind starts more than one of the same kind, as at the beginning of a search
 * of a tree, no sum is large enough; once that is over the next ones come down from here, as they could not from infinity.
 */
export function bound(values: readonly Float64Array[]): void {
  for (const numbers of values) for (let n = 0; n < numbers.length; n++) if (!(numbers[n]! <= MOST)) numbers[n] = MOST;
}

/** In ms, or units of a resource × ms or × ms²: more than any work has, and far from where sums of products overflow. */
const MOST = 1e24;

/** The greatest of these, at least `least`. Spread into `Math.max`, a hundred thousand would overflow the stack. */
export function greatest(values: Iterable<number>, least: number): number {
  let found = least;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** The greatest of these, and at least `least`. `Math.max(...values)` would overflow the stack with a hundred thousand. */
export function greatest(values: Iterable<number>, least: number): number {
  let found = least;
  for (const value of values) if (value > found) found = value;
  return found;
}

/** Keeps the processor busy for `ms`. By the clock and not by a count of turns: the same on a fast and a slow machine. */
export function spin(ms: number): number {
  const end = performance.now() + ms;
  let turns = 0;
  while (performance.now() < end) turns++;
  return turns;
}

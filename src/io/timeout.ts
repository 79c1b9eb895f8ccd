/** `ms` as Node's timers take it: longer ones they turn into 1 ms. */
export function timeout(ms: number): number {
  return Math.min(ms, 2 ** 31 - 1);
}

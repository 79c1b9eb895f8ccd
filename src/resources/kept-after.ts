/** What a count of recent events keeps of itself after `ms`: four fifths after 100 ms, a tenth after a second. */
export function keptAfter(ms: number): number {
  return 0.8 ** (ms / 100);
}

/** Ranges of two runs of the same thing are apart more rarely than this: five processes each, or four and six. */
export const sure = 0.01;

/** Three processes each, the number of a quick run. */
export const likely = 0.1;

/**
 * How likely two samples of the same distribution are to lie wholly beside each other: of all the ways to choose which of the
 * n + m values are the first sample's, only two.
 */
export function chanceOfDisjointRanges(n: number, m: number): number {
  let ways = 1;
  for (let index = 1; index <= n; index++) ways = (ways * (m + index)) / index;
  return Math.min(1, 2 / ways);
}

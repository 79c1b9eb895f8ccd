import type { Outlook } from './outlook.js';

/** For how long work that starts at a node needs all there is of what it needs most of, in ms; 0 while its node is not known. */
export function scarcestMs(start: number | null, { prediction, resources }: Outlook): number {
  if (start === null) return 0;
  let most = 0;
  for (const [r, { capacity, scale }] of resources.entries()) {
    const work = prediction.demands[r]?.work[start] ?? 0;
    if (work > 0) most = Math.max(most, (work * scale) / capacity);
  }
  return most;
}

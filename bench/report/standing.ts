import { subjectOf } from './cases.js';
import type { Figure } from './figure.js';
import { chanceOfDisjointRanges, likely } from './noise.js';
import type { Reading } from './read-results.js';

/** heddle beside one peer, in one case and metric. */
export interface Standing {
  readonly peer: Reading;
  /** heddle's median by the peer's. */
  readonly ratio: number;
  /** `even`: the ranges of the runs overlap. `undecided`: too few runs. */
  readonly verdict: 'wins' | 'even' | 'loses' | 'undecided';
}

/**
 * Beside every peer of a figure that has a value; variants of heddle are no peers. Nothing where nobody knows what is better,
 * and where what made the load was at its own limit.
 */
export function standings({ readings, metric }: Pick<Figure, 'readings' | 'metric'>): readonly Standing[] {
  return readings.flatMap((peer): Standing[] => {
    if (metric.better === undefined || peer.subject.startsWith('heddle') || !peer.value || peer.saturated) return [];
    const own = readings.find(
      (one) =>
        subjectOf(one.subject) === 'heddle' &&
        one.case === peer.case &&
        one.metric === peer.metric &&
        one.semiSpaceMb === peer.semiSpaceMb,
    );
    if (own === undefined || own.value === null || own.saturated) return [];
    return [{ peer, ratio: own.value / peer.value, verdict: verdict(own, peer, metric.better) }];
  });
}

function verdict(own: Reading, peer: Reading, better: 'lower' | 'higher'): Standing['verdict'] {
  if (chanceOfDisjointRanges(own.runs, peer.runs) > likely) return 'undecided';
  const [ownMin, ownMax, peerMin, peerMax] = [own.min ?? 0, own.max ?? 0, peer.min ?? 0, peer.max ?? 0];
  if (ownMin <= peerMax && ownMax >= peerMin) return 'even';
  return ownMax < peerMin === (better === 'lower') ? 'wins' : 'loses';
}

import { median } from '../harness/median.js';
import type { Provenance } from '../harness/provenance.js';
import type { Description } from './description.js';
import { chanceOfDisjointRanges, likely, sure } from './noise.js';
import { keyOf, type Reading } from './read-results.js';
import { comparability } from './comparability.js';

/** One figure in both runs. */
export interface Move {
  readonly before: Reading & { readonly value: number };
  readonly after: Reading & { readonly value: number };
  /** The new median by the old one. */
  readonly change: number;
  /** The median change of the peers in the same case: what the machine did. Absent where there are none. */
  readonly drift?: number;
  /** Absent where nobody knows which direction is good. */
  readonly better?: boolean;
}

/** A figure that only one of the runs has, or that one of them says why it has none. */
export interface Replaced {
  readonly before: Reading;
  readonly after: Reading;
}

export interface Movement {
  /** Why the two runs may not be comparable. */
  readonly warnings: readonly string[];
  /** How many figures were compared. */
  readonly compared: number;
  /** How many of those had too few runs for any answer. */
  readonly undecided: number;
  /** Beyond the noise, by itself and beside its peers; the largest first. */
  readonly moved: readonly Move[];
  /** The same, but with so few runs that ranges are apart by chance every tenth time. */
  readonly hints: readonly Move[];
  /** How many hints there would be at most if nothing had changed. */
  readonly hintsByChance: number;
  /** Beyond the noise by itself, but so did its peers: the machine. */
  readonly drifted: readonly Move[];
  /** A value became a failure or the other way round. */
  readonly replaced: readonly Replaced[];
  /** Names of figures that only the old run has. */
  readonly missing: readonly string[];
}

/** Changes below this share are of no interest, however sure. */
const leastChange = 0.05;

/**
 * What moved from `old` to `now`. All that is known of the noise is the range of a few processes. So a figure has moved when
 * the ranges do not overlap, the medians differ by more than a share that matters, and both still hold after the change of its
 * peers is taken out: a machine that is slower today changes them all. Where a run has too few processes for that to mean
 * anything, nothing is claimed.
 */
export function movement(
  old: readonly Reading[],
  now: readonly Reading[],
  descriptions: ReadonlyMap<string, Pick<Description, 'metrics'>>,
): Movement {
  const before = byKey(old);
  const pairs = now.flatMap((after): Replaced[] => {
    const found = before.get(keyOf(after));
    return found === undefined ? [] : [{ before: found, after }];
  });
  const figures = pairs.filter(({ after }) => isOfInterest(after, descriptions)).flatMap(valued);
  const found = { moved: [] as Move[], hints: [] as Move[], drifted: [] as Move[] };
  let undecided = 0;
  let hintsByChance = 0;
  for (const figure of figures) {
    const peers = peersOf(figure.after, figures).map(({ change }) => change);
    const good = descriptions.get(figure.after.bench)?.metrics.find(({ name }) => name === figure.after.metric)?.better;
    const move: Move = {
      ...figure,
      ...(peers.length > 0 && { drift: median(peers) }),
      ...(good !== undefined && { better: figure.change > 1 === (good === 'higher') }),
    };
    const chance = chanceOfDisjointRanges(move.before.runs, move.after.runs);
    if (chance > likely) undecided++;
    else if (chance > sure) hintsByChance += chance;
    if (chance <= likely && isApart(move, 1)) {
      if (move.drift !== undefined && !isApart(move, move.drift)) found.drifted.push(move);
      else (chance <= sure ? found.moved : found.hints).push(move);
    }
  }
  const present = byKey(now);
  return {
    warnings: comparability(origins(old), origins(now)),
    compared: figures.length,
    undecided,
    moved: found.moved.toSorted(largestFirst),
    hints: found.hints.toSorted(largestFirst),
    hintsByChance,
    drifted: found.drifted.toSorted(largestFirst),
    replaced: pairs.filter((pair) => (pair.before.value === null) !== (pair.after.value === null)),
    missing: [...before.keys()].filter((key) => !present.has(key)),
  };
}

function origins(readings: readonly Reading[]): readonly Provenance[] {
  return [...new Set(readings.flatMap(({ from }) => from ?? []))];
}

function byKey(lines: readonly Reading[]): ReadonlyMap<string, Reading> {
  return new Map(lines.map((line) => [keyOf(line), line]));
}

function isOfInterest(
  { bench, metric }: Reading,
  descriptions: ReadonlyMap<string, Pick<Description, 'metrics'>>,
): boolean {
  const metrics = descriptions.get(bench)?.metrics;
  return metrics === undefined || metrics.some(({ name, condition }) => name === metric && condition === undefined);
}

/** Those with a value above zero on both sides: others have no ratio. */
function valued({ before, after }: Replaced): Pick<Move, 'before' | 'after' | 'change'>[] {
  if (!before.value || !after.value) return [];
  const change = after.value / before.value;
  return [{ before: { ...before, value: before.value }, after: { ...after, value: after.value }, change }];
}

/**
 * The other programs in the same case: they did not change between the two runs. heddle's own variants are no such thing; a
 * peer that is alone with heddle is judged beside that.
 */
function peersOf<T extends Replaced>(figure: Reading, all: readonly T[]): readonly T[] {
  const others = all.filter(
    ({ after }) => after.subject !== figure.subject && keyOf({ ...after, subject: figure.subject }) === keyOf(figure),
  );
  const peers = others.filter(({ after }) => !after.subject.startsWith('heddle'));
  if (peers.length > 0 || figure.subject.startsWith('heddle')) return peers;
  return others.filter(({ after }) => after.subject === 'heddle');
}

/** Whether the ranges do not overlap and the medians differ enough, once the new run is put right by `drift`. */
function isApart({ before, after, change }: Move, drift: number): boolean {
  const low = (after.min ?? after.value) / drift;
  const high = (after.max ?? after.value) / drift;
  const overlap = low <= (before.max ?? before.value) && high >= (before.min ?? before.value);
  return !overlap && Math.abs(Math.log(change / drift)) > Math.log(1 + leastChange);
}

function largestFirst(a: Move, b: Move): number {
  return Math.abs(Math.log(b.change / (b.drift ?? 1))) - Math.abs(Math.log(a.change / (a.drift ?? 1)));
}

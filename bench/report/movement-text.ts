import { align } from '../harness/table.js';
import type { Move, Movement } from './movement.js';
import { compact, times } from './number-text.js';
import { keyOf } from './read-results.js';

/** For a terminal. */
export function movementText(found: Movement, since: string): string {
  const { compared, moved, hints, drifted, replaced, warnings } = found;
  const parts = [`\nCompared with ${since}: ${compared} figures`];
  for (const warning of warnings) parts.push(`  warning: ${warning}`);
  parts.push(...section('Moved beyond the noise', moved), ...section(hintsTitle(found), hints));
  parts.push(...section('Moved as much as its peers did: the machine', drifted));
  if (replaced.length > 0) {
    parts.push('Can do what it could not, or the other way round:');
    for (const { before, after } of replaced)
      parts.push(`  ${keyOf(after)}: ${compact(before.value) || before.note} → ${compact(after.value) || after.note}`);
  }
  parts.push(...closing(found));
  return `${parts.join('\n')}\n`;
}

/** What was not found, and what could not be. */
export function closing({ moved, hints, replaced, compared, undecided, missing }: Movement): string[] {
  const parts: string[] = [];
  if (moved.length + hints.length + replaced.length === 0 && compared > undecided)
    parts.push('Nothing moved beyond the noise.');
  if (undecided > 0)
    parts.push(`${undecided} of ${compared} had too few runs to tell; three each are the least, five are sure.`);
  if (missing.length > 0) parts.push(`${missing.length} figures of the old file were not measured now.`);
  if (compared === 0) parts.push('The two have no figure in common.');
  return parts;
}

/** Says how much it is worth. */
export function hintsTitle({ hintsByChance }: Movement): string {
  return `Perhaps; with so few runs chance alone would give up to ${Math.ceil(hintsByChance)}, and more runs decide`;
}

function section(title: string, moves: readonly Move[]): string[] {
  if (moves.length === 0) return [];
  return [`${title}:`, align(moves.map(cells))];
}

/** One move in columns. */
export function cells(move: Move): readonly string[] {
  const { before, after, change, drift, better } = move;
  const verdict = better === undefined ? 'changed' : better ? 'better' : 'worse';
  return [
    verdict,
    keyOf(after),
    `${compact(before.value)} → ${compact(after.value)}`,
    times(change),
    drift === undefined ? 'no peers' : `${times(change / drift)} beside its peers`,
  ];
}

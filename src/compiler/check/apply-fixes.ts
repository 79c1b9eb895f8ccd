import type { Edit } from './finding.js';

/**
 * Applies several fixes. One that overlaps an earlier one is left for the next round, since its positions may no longer be
 * right.
 *
 * @returns the new text, and how many fixes were applied.
 */
export function applyFixes(text: string, fixes: readonly (readonly Edit[])[]): { text: string; applied: number } {
  const accepted: Edit[] = [];
  let applied = 0;
  for (const fix of fixes) {
    if (fix.some((edit) => accepted.some((other) => overlaps(edit, other)))) continue;
    accepted.push(...fix);
    applied++;
  }
  accepted.sort((a, b) => b.start - a.start);
  for (const { start, end, text: replacement } of accepted) text = text.slice(0, start) + replacement + text.slice(end);
  return { text, applied };
}

/** Two insertions at one place overlap too: which comes first would be a guess. */
function overlaps(a: Edit, b: Edit): boolean {
  return a.start === b.start || (a.start < b.end && b.start < a.end);
}

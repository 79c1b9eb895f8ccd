import type { Edit } from './finding.js';

/**
 * Makes the changes of several fixes. A fix that touches what an earlier one changes is left for the next round, since
 * its positions may then mean something else.
 *
 * @returns the text, and how many fixes are in it.
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

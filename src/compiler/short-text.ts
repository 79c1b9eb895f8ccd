import type { Site } from './generator-function.js';

/** A piece of source text as a label: on one line, with white space collapsed, and cut off where it gets long. */
export function shortText(text: string): string {
  // Cut before anything else: an operand can be a whole function.
  const flat = text
    .slice(0, 4 * LONGEST)
    .replaceAll(/\s+/g, ' ')
    .trim();
  if (flat.length <= LONGEST && text.length <= 4 * LONGEST) return flat;
  // Not between the two halves of a surrogate pair.
  return `${flat.slice(0, LONGEST - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}

const LONGEST = 40;

/** What a site calls, as it is written. */
export function calleeText(source: string, { calleeStart, calleeEnd }: Site): string {
  return shortText(source.slice(calleeStart, calleeEnd));
}

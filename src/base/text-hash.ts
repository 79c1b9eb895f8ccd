/**
 * A short name for a text, which depends on nothing else, so that runs and processes agree on it: 53 bits, by FNV-1a and a
 * variant of it, in base 36. Not collision-resistant against somebody who looks for a second text with the same name.
 */
export function textHash(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return ((high >>> 11) * 2 ** 32 + (low >>> 0)).toString(36);
}

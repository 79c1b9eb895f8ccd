/** A short name for a node that depends only on what the node is, so that it agrees between runs and processes (FNV-1a, 53 bits). */
export function nodeId(key: string): string {
  let low = 0x811c9dc5;
  let high = 0x1b873593;
  for (let i = 0; i < key.length; i++) {
    const code = key.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = Math.imul(high ^ code, 0x85ebca6b);
  }
  return `n${((high >>> 11) * 2 ** 32 + (low >>> 0)).toString(36)}`;
}

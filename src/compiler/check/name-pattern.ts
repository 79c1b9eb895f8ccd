/**
 * The pattern that a name matches (`#lib/*.js`, `@/*`), and what its `*` stands for there. Of several the one with the longest
 * prefix wins, then the longest; a name without `*` comes first. Undefined if none matches.
 */
export function matchName(name: string, patterns: readonly string[]): Match | undefined {
  if (patterns.includes(name)) return { pattern: name, part: '' };
  const [pattern] = patterns
    .filter((one) => matches(name, one))
    .sort((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length);
  if (pattern === undefined) return undefined;
  const start = pattern.indexOf('*');
  return { pattern, part: name.slice(start, name.length - (pattern.length - start - 1)) };
}

interface Match {
  readonly pattern: string;
  readonly part: string;
}

function matches(name: string, pattern: string): boolean {
  const [start = '', end, ...more] = pattern.split('*');
  if (end === undefined || more.length > 0 || name.length < pattern.length) return false;
  return name.startsWith(start) && name.endsWith(end);
}

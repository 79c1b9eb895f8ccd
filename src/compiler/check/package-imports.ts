import { dirname, resolve } from 'node:path';

/**
 * The paths that an import `#name` may mean by the `imports` of the nearest `package.json`: those of all conditions, in
 * order, since it is unknown which will hold. None if it means a package.
 *
 * @param read the text of a file; null if there is none
 */
export function packageImports(name: string, from: string, read: (path: string) => string | null): string[] {
  for (let directory = dirname(from); ; directory = dirname(directory)) {
    const text = read(resolve(directory, 'package.json'));
    if (text !== null) return targetsOf(name, importsIn(text)).map((target) => resolve(directory, target));
    if (directory === dirname(directory)) return [];
  }
}

function importsIn(text: string): Readonly<Record<string, unknown>> {
  try {
    return (JSON.parse(text) as { imports?: Record<string, unknown> } | null)?.imports ?? {};
  } catch {
    return {};
  }
}

/** As Node finds them: of the patterns (`#lib/*.js`) that match, the one with the longest prefix wins, then the longest. */
function targetsOf(name: string, imports: Readonly<Record<string, unknown>>): string[] {
  if (Object.hasOwn(imports, name)) return pathsIn(imports[name]);
  const [key] = Object.keys(imports)
    .filter((one) => matches(name, one))
    .sort((a, b) => b.indexOf('*') - a.indexOf('*') || b.length - a.length);
  if (key === undefined) return [];
  const start = key.indexOf('*');
  const part = name.slice(start, name.length - (key.length - start - 1));
  return pathsIn(imports[key]).map((path) => path.replaceAll('*', () => part));
}

function matches(name: string, key: string): boolean {
  const [start = '', end, ...more] = key.split('*');
  if (end === undefined || more.length > 0 || name.length < key.length) return false;
  return name.startsWith(start) && name.endsWith(end);
}

/** The paths in a target: a string, an object with one target per condition, or a list of targets. */
function pathsIn(target: unknown): string[] {
  if (typeof target === 'string') return target.startsWith('./') ? [target] : [];
  return typeof target === 'object' && target !== null ? Object.values(target).flatMap(pathsIn) : [];
}

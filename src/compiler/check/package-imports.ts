import { dirname, resolve } from 'node:path';
import { matchName } from './name-pattern.js';
import { targetPaths } from './target-paths.js';

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

function targetsOf(name: string, imports: Readonly<Record<string, unknown>>): string[] {
  const match = matchName(name, Object.keys(imports));
  return match === undefined ? [] : targetPaths(imports[match.pattern], match.part);
}

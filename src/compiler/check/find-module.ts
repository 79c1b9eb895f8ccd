import { dirname, resolve } from 'node:path';
import { packageImports } from './package-imports.js';

/** What an import may leave out. */
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
/** What an import may mean by the extension that a file will have once it is compiled. */
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/**
 * The paths that an import may mean, the likeliest first: of a relative one, or of one that the `imports` of the nearest
 * `package.json` define. None for packages. Sources come before what was compiled from them, since they have types.
 */
export function candidates(source: string, from: string, read: (path: string) => string | null): string[] {
  if (source.startsWith('#')) return packageImports(source, from, read).flatMap(variants);
  return /^\.{0,2}\//.test(source) ? variants(resolve(dirname(from), source)) : [];
}

function variants(path: string): string[] {
  const extension = /\.[cm]?jsx?$/.exec(path)?.[0] ?? '';
  const stem = path.slice(0, path.length - extension.length);
  return [
    ...(COMPILED[extension] ?? []).map((one) => stem + one),
    path,
    ...EXTENSIONS.map((one) => path + one),
    ...EXTENSIONS.map((one) => resolve(path, `index${one}`)),
  ];
}

import { dirname, resolve } from 'node:path';

/** What an import may leave out, or write as it will be called once it is compiled. */
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.js', '.jsx', '.mjs', '.cjs'];
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts'],
  '.cjs': ['.cts'],
};

/**
 * The paths that a relative import may mean, the likeliest first; none for packages. Sources come before what was
 * compiled from them, since they have types.
 */
export function candidates(source: string, from: string): string[] {
  if (!/^\.{0,2}\//.test(source)) return [];
  const path = resolve(dirname(from), source);
  const extension = /\.[cm]?jsx?$/.exec(path)?.[0] ?? '';
  const stem = path.slice(0, path.length - extension.length);
  return [
    ...(COMPILED[extension] ?? []).map((one) => stem + one),
    path,
    ...EXTENSIONS.map((one) => path + one),
    ...EXTENSIONS.map((one) => resolve(path, `index${one}`)),
  ];
}

import { dirname, resolve } from 'node:path';
import { configuredPaths } from './configured-paths.js';
import { packageExports } from './package-exports.js';
import { packageImports } from './package-imports.js';

/** What an import may leave out. */
const EXTENSIONS = ['.ts', '.tsx', '.mts', '.cts', '.d.ts', '.js', '.jsx', '.mjs', '.cjs'];
/** What an import may mean by the extension that a file will have once it is compiled, or that its declarations lack. */
const COMPILED: Readonly<Record<string, readonly string[]>> = {
  '.js': ['.ts', '.tsx', '.d.ts'],
  '.jsx': ['.tsx'],
  '.mjs': ['.mts', '.d.mts'],
  '.cjs': ['.cts', '.d.cts'],
};

/**
 * Makes a function that lists the paths that an import may mean, the likeliest first: of a relative one, of one that a
 * `tsconfig.json` or the `imports` of a `package.json` define, or of a package that depends on heddle. Sources come before what
 * was compiled from them, since they have types.
 *
 * @param read the text of a file; null if there is none
 */
export function makeCandidates(read: (path: string) => string | null): (source: string, from: string) => string[] {
  const configured = configuredPaths(read);
  const exported = packageExports(read);
  return (source, from) => {
    if (/^(?:\.{1,2}$|\.{0,2}\/)/.test(source)) return variants(resolve(dirname(from), source));
    const named = source.startsWith('#') ? packageImports(source, from, read) : exported(source, from);
    return [...configured(source, from), ...named].flatMap(variants);
  };
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

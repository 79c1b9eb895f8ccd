import { extname } from 'node:path';
import { hasModuleSyntax } from './has-module-syntax.js';

/**
 * Guesses whether a file is an ECMAScript module or CommonJS, for tools that no loader tells. A file without module syntax
 * may be a plain script: it counts as CommonJS only if it mentions `require`, `module` or `exports`.
 */
export function formatOf(source: string, file: string): 'module' | 'commonjs' {
  const extension = extname(file);
  if (/^\.m[jt]s$/.test(extension)) return 'module';
  if (/^\.c[jt]s$/.test(extension)) return 'commonjs';
  return hasModuleSyntax(source, file) || !/\b(?:require|module|exports)\b/.test(source) ? 'module' : 'commonjs';
}

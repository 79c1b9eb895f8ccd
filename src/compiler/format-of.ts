import { extname } from 'node:path';
import { hasModuleSyntax } from './loader/has-module-syntax.js';

/**
 * Whether a file is an ECMAScript module or CommonJS, where nobody who loads it says so. What has neither `import` nor
 * `export` may be a script, and is CommonJS only if it uses what CommonJS has.
 */
export function formatOf(source: string, file: string): 'module' | 'commonjs' {
  const extension = extname(file);
  if (/^\.m[jt]s$/.test(extension)) return 'module';
  if (/^\.c[jt]s$/.test(extension)) return 'commonjs';
  return hasModuleSyntax(source, file) || !/\b(?:require|module|exports)\b/.test(source) ? 'module' : 'commonjs';
}

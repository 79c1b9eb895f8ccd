import { createRequire } from 'node:module';
import type { Program } from 'oxc-parser';
import { languageOf } from './language-of.js';
import { MissingBindingError } from './missing-binding-error.js';
import type { Tree } from './tree.js';

/**
 * The same syntax tree as oxc's, of JavaScript (without JSX).
 *
 * @throws MissingBindingError for TypeScript, which acorn cannot read
 */
export function parseWithAcorn(source: string, file: string, sourceType: 'module' | 'commonjs'): Tree {
  if (languageOf(file) !== 'jsx') throw new MissingBindingError();
  try {
    // Loaded only when it is needed, which is seldom.
    const { parse } = createRequire(import.meta.url)('acorn') as typeof import('acorn');
    const program = parse(source, { ecmaVersion: 'latest', sourceType, preserveParens: true });
    return { program: program as unknown as Program, problem: null };
  } catch (error) {
    if (error instanceof RangeError) return { program: null, problem: { message: 'Nested too deeply', start: 0 } };
    const { pos, message } = error as { pos?: number; message: string };
    if (pos === undefined) throw error;
    return { program: null, problem: { message: message.replace(/ \(\d+:\d+\)$/, ''), start: pos } };
  }
}

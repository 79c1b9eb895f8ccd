import { createRequire } from 'node:module';
import { parse as parseWithAcorn } from 'acorn';
import type { ParserOptions, Program } from 'oxc-parser';
import { CompileError } from '../base/errors.js';
import { LineTable } from './line-table.js';

export interface ParseOptions {
  /** Path or URL of the source, as it shall be shown. Its extension chooses the language. */
  readonly file: string;
  readonly format: 'module' | 'commonjs';
  /** Unless given oxc, and acorn (JavaScript only) where oxc has no binding for the machine. */
  readonly parser?: 'oxc' | 'acorn';
}

/**
 * The syntax tree of a program: ESTree with TypeScript's nodes, but without what has no meaning when the program runs
 * (annotations), and with parentheses as nodes, since text is put around whole operands. Both parsers find errors of
 * form only in part; Node finds them all.
 *
 * @throws CompileError where the text is no program, and for TypeScript where only acorn is at hand
 */
export function parse(source: string, options: ParseOptions): Program {
  const oxc = options.parser === 'acorn' ? null : findOxc();
  if (oxc === null && options.parser === 'oxc') throw new CompileError('oxc-parser has no binding for this machine');
  return oxc === null ? acornTree(source, options) : oxcTree(oxc, source, options);
}

function oxcTree(oxc: Oxc, source: string, { file, format }: ParseOptions): Program {
  // Nearly all of the time goes into making objects of the tree, so those of types are not wanted (a third of them in
  // TypeScript). Raw transfer of the tree would be twice as fast, but is experimental and not there on Node 20.
  const result = oxc.parseSync(file, source, { lang: languageOf(file), sourceType: format, astType: 'js' });
  const [error] = result.errors;
  if (error !== undefined) throw syntaxError(file, source, error.labels[0]?.start ?? 0, error.message);
  return result.program;
}

function acornTree(source: string, { file, format }: ParseOptions): Program {
  if (languageOf(file) !== 'jsx') {
    throw new CompileError(`${file}: without a binding of oxc-parser for this machine only JavaScript can be compiled`);
  }
  try {
    const options = { ecmaVersion: 'latest', sourceType: format, preserveParens: true } as const;
    return parseWithAcorn(source, options) as unknown as Program;
  } catch (error) {
    const { pos, message } = error as { pos?: number; message: string };
    if (pos === undefined) throw error;
    throw syntaxError(file, source, pos, message.replace(/ \(\d+:\d+\)$/, ''));
  }
}

function syntaxError(file: string, source: string, offset: number, message: string): CompileError {
  const { line, column } = new LineTable(source).at(offset);
  return new CompileError(`${file}:${line}:${column}: ${message}`);
}

/** JSX is looked for in all JavaScript: it takes nothing away from that, and bundlers are given it under `.js`. */
function languageOf(file: string): NonNullable<ParserOptions['lang']> {
  const [, language, x] = /\.[cm]?([jt])s(x?)(?:[?#].*)?$/.exec(file) ?? [];
  return language === 't' ? `ts${x as '' | 'x'}` : 'jsx';
}

type Oxc = typeof import('oxc-parser');

/**
 * Required when it is needed: it takes some milliseconds to load, and throws where there is no binding. (`import()`
 * cannot wait in a synchronous hook, and a module that waited for it at its top could not be required.)
 */
function findOxc(): Oxc | null {
  if (found === undefined) {
    try {
      found = createRequire(import.meta.url)('oxc-parser') as Oxc;
    } catch {
      found = null;
    }
  }
  return found;
}

let found: Oxc | null | undefined;

import type { Program } from 'oxc-parser';
import { CompileError } from '../base/errors.js';
import { bracketProblem } from './bracket-problem.js';
import { findOxc } from './find-oxc.js';
import { languageOf } from './language-of.js';
import { LineTable } from './line-table.js';
import { MissingBindingError } from './missing-binding-error.js';
import { parseWithAcorn } from './parse-with-acorn.js';
import type { Tree } from './tree.js';

export interface ParseOptions {
  /** Path or URL of the source, as shown in messages. Its extension determines the language. */
  readonly file: string;
  readonly format: 'module' | 'commonjs';
  /** Unless given: oxc, or acorn (JavaScript only) where oxc has no binding for this machine. */
  readonly parser?: 'oxc' | 'acorn';
}

/**
 * The syntax tree of a program: ESTree with TypeScript's nodes, but without what has no meaning at run time (types), and
 * with parentheses as nodes, since text is inserted around whole operands. Neither parser finds all syntax errors; Node
 * does.
 *
 * @throws CompileError if the text cannot be parsed; MissingBindingError for TypeScript if only acorn is available
 */
export function parse(source: string, options: ParseOptions): Program {
  const { file } = options;
  const { program, problem } = read(source, options);
  if (problem === null) return program;
  const { line, column } = new LineTable(source).at(problem.start);
  throw new CompileError(`${file}:${line}:${column}: ${problem.message}`);
}

/** Whether `parse` would succeed; with oxc in a fraction of the time, since no tree is created. */
export function isProgram(source: string, options: ParseOptions): boolean {
  return read(source, options).problem === null;
}

/**
 * Whether a text, parsed with oxc, consists of whole statements, so that nothing in it continues beyond its end. Errs on the
 * side of no. Takes less than half the time of `isProgram`: of a text that oxc cannot read to its end it writes no tree, and
 * with `PROBE` at its end that is any text.
 */
export function isWhole(source: string, options: ParseOptions): boolean {
  return read(source + PROBE, options).problem?.start === source.length + PROBE.length - 1;
}

/**
 * After whole statements the first error in this is its last character. After anything else it is an earlier one, or that
 * the text ends too soon: the brace closes a block, `>` must not stand in the text of JSX, the head of a `for` has only one
 * declaration, and `using` can be neither exported nor the body of an `if`.
 */
const PROBE = '\nusing $ = 0 > 0;\nlet $$;\n}';

function read(source: string, { file, format, parser }: ParseOptions): Tree {
  const tooDeep = bracketProblem(source);
  if (tooDeep !== null) return { program: null, problem: tooDeep };
  const oxc = parser === 'acorn' ? null : findOxc();
  if (oxc === null && parser === 'oxc') throw new MissingBindingError();
  if (oxc === null) return parseWithAcorn(source, file, format);
  // Nearly all of the time goes into creating the objects of the tree, so those of types are left out (a third of them in
  // TypeScript). Raw transfer of the tree would be twice as fast, but is experimental and not available on Node 20.
  const result = oxc.parseSync(file, source, { lang: languageOf(file), sourceType: format, astType: 'js' });
  const [error] = result.errors;
  if (error === undefined) {
    return {
      get program() {
        return result.program;
      },
      problem: null,
    };
  }
  // This frees the room reserved for a tree, 25 times as long as the text. It would be kept until a garbage collection.
  void result.program;
  return { program: null, problem: { message: error.message, start: error.labels[0]?.start ?? 0 } };
}

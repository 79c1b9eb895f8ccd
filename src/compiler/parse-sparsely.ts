import type { Program } from 'oxc-parser';
import { CompileError } from '../base/errors.js';
import { findOxc } from './find-oxc.js';
import { RUNTIME } from './is-compiled.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { isProgram, parse, type ParseOptions } from './parse.js';

/**
 * The syntax tree of a program as `parse` returns it, except that statements may be missing that hold no generators.
 * Nearly all of the time goes into making objects of the tree: where a fifth of a program is generators, this takes less
 * than half of it.
 *
 * The text is cut where a line begins like a statement, and blocks stand for the pieces that are not wanted. That these
 * are statements, and not in a comment, a template or a function, is known if they are programs by themselves, so that
 * nothing goes on behind them, and if the blocks are found again between statements, so that nothing goes on into them. No
 * statement that may end before such a line goes on with its first word. Otherwise the text is parsed as a whole.
 *
 * @throws CompileError, MissingBindingError as `parse` does
 */
export function parseSparsely(source: string, options: ParseOptions): Program {
  // Acorn makes a tree in any case.
  if (options.parser === 'acorn' || findOxc() === null) return parse(source, options);
  const runs = runsOf(source.split(BEGINNING), options);
  const others = runs.reduce((length, { text, isWanted }) => (isWanted ? length : length + text.length), 0);
  return (others > source.length * WORTH_IT ? parseRuns(runs, options) : null) ?? parse(source, options);
}

/** What is not wanted costs calls of the parser: below this share that is more than is saved. */
const WORTH_IT = 0.6;

/** Words that begin a statement, at the beginning of a line. */
const BEGINNING = /^(?=(?:async|class|const|export|function|import|let|var)\b)/m;

/** Statements that stand together, and are all wanted or all not. */
interface Run {
  text: string;
  readonly isWanted: boolean;
}

function runsOf(pieces: readonly string[], { format }: ParseOptions): Run[] {
  const runs: Run[] = [];
  for (const [i, text] of pieces.entries()) {
    // The first and last statement tell where the compiler's own go, and in CommonJS imports do so (that was TypeScript) and
    // a `require` of its own. By its name somebody asks whether the run-time half is imported.
    const isWanted =
      i === 0 ||
      i === pieces.length - 1 ||
      (format === 'commonjs' && /^(?:im|ex)port|\bfunction\b[^(]*\brequire\b/.test(text)) ||
      text.includes(RUNTIME) ||
      mayHaveGenerators(text);
    const last = runs.at(-1);
    if (last?.isWanted === isWanted) last.text += text;
    else runs.push({ text, isWanted });
  }
  return runs;
}

/** Null if some of the pieces that are not wanted are no programs, or if not all blocks are found again. */
function parseRuns(runs: readonly Run[], options: ParseOptions): Program | null {
  if (!runs.every(({ text, isWanted }) => isWanted || isProgram(text, options))) return null;
  const program = parseOrNull(runs.map(({ text, isWanted }) => (isWanted ? text : blockFor(text))).join(''), options);
  if (program === null) return null;
  const blocks = new Set<number>();
  let start = 0;
  for (const { text, isWanted } of runs) {
    if (!isWanted) blocks.add(start);
    start += text.length;
  }
  const body = program.body.filter(({ type, start }) => type !== 'BlockStatement' || !blocks.delete(start));
  return blocks.size === 0 ? { ...program, body } : null;
}

/** As long as the text, so that the positions of all that follows are right. */
function blockFor(text: string): string {
  return `{${' '.repeat(text.length - 2)}}`;
}

function parseOrNull(text: string, options: ParseOptions): Program | null {
  try {
    return parse(text, options);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

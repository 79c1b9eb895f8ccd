import type { Program } from 'oxc-parser';
import { CompileError } from '../base/errors.js';
import { findOxc } from './find-oxc.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { isProgram, parse, type ParseOptions } from './parse.js';

/**
 * The syntax tree of a program as `parse` returns it, except that statements may be missing that hold no generators.
 * Nearly all of the time goes into making objects of the tree: where a fifth of a program is generators, this takes less
 * than half of it.
 *
 * The text is cut where a line begins like a statement. That this is one, and not in a comment, a template or a function,
 * is known if each piece is a program by itself: then no statement is open where a piece ends, and none goes on with such
 * a word. If one piece is not, the text is parsed as a whole.
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

/** Each piece costs a call of the parser, and the wanted ones a walk: below this share of others that is more than is saved. */
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
    // The first and last statement tell where the compiler's own go, and in CommonJS that was TypeScript imports do so.
    const isWanted =
      i === 0 ||
      i === pieces.length - 1 ||
      (format === 'commonjs' && /^(?:im|ex)port/.test(text)) ||
      mayHaveGenerators(text);
    const last = runs.at(-1);
    if (last?.isWanted === isWanted) last.text += text;
    else runs.push({ text, isWanted });
  }
  return runs;
}

/** Null if one of them is no program. */
function parseRuns(runs: readonly Run[], options: ParseOptions): Program | null {
  let whole: Program | null = null;
  let start = 0;
  for (const { text, isWanted } of runs) {
    const program = isWanted ? parseOrNull(text, options) : null;
    if (program === null && (isWanted || !isProgram(text, options))) return null;
    if (whole === null) whole = program;
    else if (program !== null) for (const statement of move(program, start).body) whole.body.push(statement);
    start += text.length;
  }
  return whole;
}

function parseOrNull(text: string, options: ParseOptions): Program | null {
  try {
    return parse(text, options);
  } catch (error) {
    if (error instanceof CompileError) return null;
    throw error;
  }
}

/** Adds to the positions of all nodes, each of which is in the tree once. */
function move(program: Program, by: number): Program {
  const nodes: object[] = [program];
  for (let node = nodes.pop(); node !== undefined; node = nodes.pop()) {
    for (const value of Object.values(node)) if (typeof value === 'object' && value !== null) nodes.push(value);
    const position = node as { start?: unknown; end?: unknown };
    if (typeof position.start === 'number') position.start += by;
    if (typeof position.end === 'number') position.end += by;
  }
  return program;
}

import type { Program } from 'oxc-parser';
import { CompileError } from '../base/errors.js';
import { findOxc } from './find-oxc.js';
import { RUNTIME } from './is-compiled.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { isWhole, parse, type ParseOptions } from './parse.js';

/**
 * The syntax tree of a program as `parse` returns it, except that statements without generators may be missing. Nearly all
 * of the time goes into creating the objects of the tree: where a fifth of a program is generators, this takes less than
 * half of it.
 *
 * The text is cut at lines that begin like a statement, and blocks replace the pieces that are not wanted. Such a line
 * could still be inside a comment, a template or a function. It is not if each unwanted piece is a program by itself, so
 * that nothing in it continues beyond its end, and if each block is found again between statements, so that nothing before
 * continues into it. (A statement that may end before such a line is not continued by the line's first word.) Otherwise the
 * whole text is parsed.
 *
 * @throws CompileError, MissingBindingError as `parse` does
 */
export function parseSparsely(source: string, options: ParseOptions): Program {
  // Acorn always creates the tree, so nothing would be saved.
  if (options.parser === 'acorn' || findOxc() === null) return parse(source, options);
  const runs = runsOf(source.split(BEGINNING), options);
  const others = runs.reduce((length, { text, isWanted }) => (isWanted ? length : length + text.length), 0);
  return (others > source.length * WORTH_IT ? parseRuns(runs, options) : null) ?? parse(source, options);
}

/** The share of the text that must be unwanted. Below it, the extra calls of the parser cost more than they save. */
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
    // The first and last statements decide where the compiler inserts its own; in CommonJS so do `import`s (in TypeScript)
    // and a function named `require`. `isCompiled` looks for imports of the run-time half.
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

/** Null if an unwanted piece is not a program by itself, or if a block is not found again. */
function parseRuns(runs: readonly Run[], options: ParseOptions): Program | null {
  if (!runs.every(({ text, isWanted }) => isWanted || isWhole(text, options))) return null;
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

/** A block as long as the text, so that later positions stay right. */
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

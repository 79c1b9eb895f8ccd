import { resourceLimits } from 'node:worker_threads';
import type { SyntaxProblem } from './tree.js';

/**
 * The first bracket of a text that is nested more deeply than the parser can bear in this thread: it overflows its stack
 * unchecked, which kills the process. Costs nothing for texts that are too short to be nested so deeply, and little compared
 * with parsing for others.
 *
 * Brackets in strings are left out. Those in comments, templates and regular expressions count, as it takes a parser to tell
 * what they are; so many of them without their counterparts are in no program.
 */
export function bracketProblem(text: string): SyntaxProblem | null {
  const most = LEVELS_PER_MB * (resourceLimits.stackSizeMb ?? USUAL_STACK_MB);
  if (text.length <= most) return null;
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const effect = code < EFFECTS.length ? EFFECTS[code]! : NONE;
    if (effect === OPENS) depth++;
    else if (effect === CLOSES && depth > 0) depth--;
    else if (effect === QUOTES) i = endOfString(text, i);
    // Whatever follows begins no string.
    else if (effect === ESCAPES) i++;
    if (depth > most) return { message: `Nested too deeply: more than ${most} brackets are open here`, start: i };
  }
  return null;
}

/** No bracket takes more than 1.6 KB of the parser's stack; the rest is for who calls it. */
const LEVELS_PER_MB = 500;

/** What threads have unless they are given another, and less than what the main thread has. */
const USUAL_STACK_MB = 4;

const [NONE, OPENS, CLOSES, QUOTES, ESCAPES] = [0, 1, 2, 3, 4];

/** By character code. */
const EFFECTS: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) => {
  const kinds = ['([{', ')]}', '"\'', '\\'];
  return kinds.findIndex((kind) => kind.includes(String.fromCharCode(code))) + 1;
});

/** The index of the closing quote; that of the opening one if there is no other on the line, so that it is an apostrophe. */
function endOfString(text: string, start: number): number {
  const quote = text.charCodeAt(start);
  for (let i = start + 1; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === quote) return i;
    if (code === LINE_FEED) break;
    if (code === BACKSLASH) i++;
  }
  return start;
}

const LINE_FEED = 10;
const BACKSLASH = 92;

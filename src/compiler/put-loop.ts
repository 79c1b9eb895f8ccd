import type MagicString from 'magic-string';
import { computedVariables } from './computed-variables.js';
import type { GeneratorFunction, Item, Loop } from './generator-function.js';
import type { Names } from './names.js';

/** A loop to be changed, and where. */
export interface LoopEdit {
  readonly text: MagicString;
  readonly source: string;
  readonly names: Names;
  readonly f: GeneratorFunction;
  readonly loop: Loop;
  /** Which point of `f` it is. */
  readonly index: number;
}

/**
 * Makes a loop give way. `put` in `instrument.ts` explains the order of texts at one offset.
 *
 * V8 optimises a loop best if it cannot suspend. So a tight `for…of`, and a tight loop that computes numbers, is left when
 * it is to give way, and a loop around it enters it again.
 *
 * @returns the functions of the run-time half that are used
 */
export function putLoop(edit: LoopEdit): readonly ('each' | 'indexed' | 'pause' | 'preempted' | 'same')[] {
  const { f, loop, names } = edit;
  const computed = loop.isTight ? computedVariables(f.node, loop) : [];
  const guards = guardsOf(computed, names);
  const used = computed.length > 0 ? (['pause', 'preempted', 'same'] as const) : (['pause', 'preempted'] as const);
  if (loop.isTight && loop.keyword === 'for of') {
    if (loop.item === null) putTightForOf(edit, guards);
    else putIndexedForOf(edit, loop.item, guards);
    return [loop.item === null ? 'each' : 'indexed', ...used];
  }
  if (computed.length > 0) putTightLoop(edit, guards);
  else putQuestion(edit);
  return used;
}

/** For a loop that suspends elsewhere too, or computes no numbers: its body begins by asking for the time. */
function putQuestion({ text, names: { budget, pause, point, preempted }, loop, index }: LoopEdit): void {
  const { bodyStart, bodyEnd, isBlock } = loop;
  const question = `if (--${budget} < 0 && (${budget} = ${pause}(${index}, ${point})) < 0) yield* ${preempted};`;
  if (isBlock) {
    text.appendRight(bodyStart + 1, ` ${question}`);
  } else {
    text.appendRight(bodyStart, `{ ${question} `);
    text.prependLeft(bodyEnd, ' }');
  }
}

/**
 * `for (let i = 0; ; …) { for (; $b-- > 0 && i < n; i++) … if ($b >= 0) break; }`; a `while` becomes the inner loop of such
 * a `for`.
 */
function putTightLoop({ text, source, names, loop, index }: LoopEdit, guards: string): void {
  const { budget, pause, point, preempted } = names;
  const { keyword, start, once, test, bodyStart, bodyEnd, isBlock, isEndless } = loop;
  const again = `(${budget} = ${pause}(${index}, ${point})) < 0 && (yield* ${preempted}, ${budget} = 1)`;
  if (keyword === 'while') {
    text.appendRight(start, `for (; ; ${again}) { ${guards}`);
  } else {
    const semicolon = endOfInit(source, once?.end ?? start + keyword.length);
    text.appendRight(semicolon, `; ; ${again}) { ${guards}for (`);
    if (test === null) text.appendRight(semicolon + 1, ` ${budget}-- > 0`);
  }
  if (test !== null) {
    text.appendRight(test.start, `${budget}-- > 0 && (`);
    text.prependLeft(test.end, ')');
  }
  if (!isBlock) text.appendRight(bodyStart, '{ ');
  // Of an endless loop the type checker knows that nothing after it is reached; a `break` would change that.
  const end = isEndless ? '' : ` if (${budget} >= 0) break;`;
  text.prependLeft(bodyEnd, `${isBlock ? '' : ' }'}${end} }`);
}

/** The offset of the first semicolon in the head of a `for`; only blanks, parentheses and comments come before it. */
function endOfInit(source: string, from: number): number {
  BEFORE_SEMICOLON.lastIndex = from;
  BEFORE_SEMICOLON.exec(source);
  return BEFORE_SEMICOLON.lastIndex;
}

const BEFORE_SEMICOLON = /(?:[\s(]|\/\*[^]*?\*\/|\/\/.*)*/y;

/** See `each`. */
function putTightForOf(edit: LoopEdit, guards: string): void {
  const { text, names, loop, index } = edit;
  const { iteration, budget, each, pause, point, preempted } = names;
  const { bodyStart, bodyEnd, isBlock } = loop;
  const close = putAround(edit, guards, each, `, ${budget}, ${budget} = 0`);
  if (!isBlock) text.appendRight(bodyStart, '{ ');
  const left = `${iteration}.left`;
  const again = `(${left} = ${pause}(${index}, ${point})) >= 0 || (yield* ${iteration}.turn(${preempted}), ${left} = 1)`;
  text.prependLeft(bodyEnd, `${isBlock ? '' : ' }'}${close} while ((${budget} = ${left}) < 0 && (${again})); }`);
}

/**
 * See `indexed`. Not `index < length`, since a proxy may give any length: 0.5 means that there are no items, and 0 is less.
 */
function putIndexedForOf(edit: LoopEdit, { kind, name }: Item, guards: string): void {
  const { text, names, loop } = edit;
  const { iteration, items, index, budget, indexed, pause, point, preempted } = names;
  const close = putAround(edit, guards, indexed, '');
  const test = `${budget}-- > 0 && (${index} + 1 <= +${items}.length || (${index} = ${iteration}.more()) >= 0)`;
  const head = `const ${items} = ${name}; let ${index} = ${iteration}.at; for (; ${test}; ${index}++)`;
  text.appendRight(loop.bodyStart, `{ ${head} { ${kind} ${name} = ${items}[${index}]; `);
  const left = `if (${budget} < 0) ${iteration}.leave(${index}); break; }`;
  const again = `(${budget} = ${pause}(${edit.index}, ${point})) >= 0 || (yield* ${iteration}.turn(${preempted}), ${budget} = 1)`;
  text.prependLeft(loop.bodyEnd, ` } ${left}${close} while (${budget} < 0 && (${again})); }`);
}

/**
 * Begins the loop around a `for…of`, which is made to iterate what `iterate` returns.
 *
 * @returns the text that closes the body of that loop
 */
function putAround(
  { text, source, names: { iteration }, loop }: LoopEdit,
  guards: string,
  iterate: string,
  more: string,
): string {
  const [open, close] = guards === '' ? ['', ''] : ['{ ', ' }'];
  text.appendRight(loop.statementStart, `{ let ${iteration}; do ${open}${guards}`);
  const { start, end } = loop.once!;
  // `of(a, b)` needs no space, but `of$n` would be one name.
  const gap = source.startsWith('of', start - 2) ? ' ' : '';
  text.appendRight(start, `${gap}${iteration} ??= ${iterate}(`);
  text.prependLeft(end, `${more})`);
  return close;
}

/**
 * V8 knows nothing of the type of a variable that outlives a suspension. It would keep one that the loop computes in
 * memory, and allocate an object for each fraction. These assignments establish the type until the loop is left; `same`
 * says how.
 */
function guardsOf(variables: readonly string[], { same }: Names): string {
  return variables.map((name) => `${name} = typeof ${name} === 'number' ? +${name} : ${same}(${name}); `).join('');
}

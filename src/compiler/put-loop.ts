import type MagicString from 'magic-string';
import { computedVariables } from './computed-variables.js';
import type { GeneratorFunction, Item, Loop } from './generator-function.js';
import type { Names } from './names.js';

/** What is done to a loop. */
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
 * Makes a loop give way; what is put where is as in `instrument`.
 *
 * A loop that cannot suspend is what V8 optimises best. So a tight one is left when it is to give way, and a loop around
 * it enters it again.
 *
 * @returns what of the run-time half is used
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

/** A loop that may suspend elsewhere too: at its beginning the body asks for the time itself. */
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

/** `for (let i = 0; ; …) { for (; $b-- > 0 && i < n; i++) … if ($b >= 0) break; }`, and a `while` in the place of the inner one. */
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
  // Of a loop that has no other end the type checker knows that nothing comes behind it.
  const end = isEndless ? '' : ` if (${budget} >= 0) break;`;
  text.prependLeft(bodyEnd, `${isBlock ? '' : ' }'}${end} }`);
}

/** Where the first semicolon stands in the head of a `for`. */
function endOfInit(source: string, from: number): number {
  BEFORE_SEMICOLON.lastIndex = from;
  BEFORE_SEMICOLON.exec(source);
  return BEFORE_SEMICOLON.lastIndex;
}

const BEFORE_SEMICOLON = /(?:[\s(]|\/\*[^]*?\*\/|\/\/.*)*/y;

/** `each` says why. */
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

/** `indexed` says why. A proxy may say that its length is anything: up to 0.5 there is no index 0, which is below it. */
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
 * Begins the loop around a `for…of`, which goes through what `iterate` returns.
 *
 * @returns what closes the body of that loop
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
  // `of(a, b)` needs no space, `of$n` would be a name.
  const gap = source.startsWith('of', start - 2) ? ' ' : '';
  text.appendRight(start, `${gap}${iteration} ??= ${iterate}(`);
  text.prependLeft(end, `${more})`);
  return close;
}

/**
 * Of a variable that outlives a suspension V8 knows nothing, and so it would keep one that the loop computes in memory, a
 * fraction as an object of its own at each step. What these make certain lasts until the loop is left; `same` says how.
 */
function guardsOf(variables: readonly string[], { same }: Names): string {
  return variables.map((name) => `${name} = typeof ${name} === 'number' ? +${name} : ${same}(${name}); `).join('');
}

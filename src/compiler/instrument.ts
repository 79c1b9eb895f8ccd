import MagicString from 'magic-string';
import type { Program } from 'oxc-parser';
import type { GeneratorFunction, Point } from './generator-function.js';
import { namesFor, type Names } from './names.js';
import { putLoop } from './put-loop.js';
import { afterDirectives, endOfStatements, hasModuleStatements, hasOwnRequire } from './statements.js';

/** Something that has an id: a function, or a point in one. */
export interface Numbered {
  /** Counts from 0 in every file; at run time the first id of the file is added. */
  readonly id: number;
  readonly f: GeneratorFunction;
  /** Null for the function itself. */
  readonly point: Point | null;
  /** The id of the function. */
  readonly functionId: number;
}

export interface Instrumentation {
  readonly format: 'module' | 'commonjs';
  /** Module specifier of the run-time half. */
  readonly runtime: string;
  /** The table that `$places` returns, as an expression. */
  readonly describe: (numbered: readonly Numbered[]) => string;
}

/**
 * Inserts the compiler's calls into a program. Nothing is moved, and no line is broken: text is inserted between what is
 * there, and a function is appended at the end.
 */
export function instrument(
  source: string,
  program: Program,
  functions: readonly GeneratorFunction[],
  { format, runtime, describe }: Instrumentation,
): MagicString {
  const text = new MagicString(source);
  const names = namesFor(source);
  const numbered = number(functions);
  const used = new Set<Import>(['enter', 'module']);
  for (const one of numbered) for (const name of put(text, source, names, one)) used.add(name);
  // TypeScript in a CommonJS file can have `import`s. Converted to CommonJS they run before all other statements; so must
  // ours.
  const isModule = format === 'module' || hasModuleStatements(program, source);
  const importForm = isModule ? 'import' : hasOwnRequire(program) ? 'module.require' : 'require';
  const imports = importsOf(names, used, importForm, JSON.stringify(runtime));
  putHeader(
    text,
    source,
    program,
    `${imports} var ${names.base} = ${names.module}(${numbered.length}, ${names.places});`,
  );
  putTrailer(text, source, endOfStatements(program), `function ${names.places}() { return ${describe(numbered)}; }`);
  return text;
}

/** The ids of a function's points follow its own, so that code in the function needs only their distance from it. */
function number(functions: readonly GeneratorFunction[]): Numbered[] {
  const numbered: Numbered[] = [];
  for (const f of functions) {
    const functionId = numbered.length;
    for (const point of [null, ...f.points]) numbered.push({ id: numbered.length, f, point, functionId });
  }
  return numbered;
}

/**
 * Where several texts are inserted at one offset, those that close something come first, innermost first: hence
 * `prependLeft`, since outer ones are processed first. Then come those that open something, outermost first: hence
 * `appendRight`.
 *
 * @returns the functions of the run-time half that are used
 */
function put(
  text: MagicString,
  source: string,
  names: Names,
  { id, f, point, functionId }: Numbered,
): readonly Import[] {
  const index = id - functionId;
  if (point === null) {
    const budget = f.points.some(isLoop) ? ` let ${names.budget} = 0;` : '';
    const gap = gapAfter(source, f.bodyStart);
    const idText = id === 0 ? names.base : `${names.base} + ${id}`;
    text.appendRight(f.bodyStart, `${gap}const ${names.point} = ${names.enter}(${idText});${budget}`);
    return ['enter'];
  }
  if (point.kind === 'site') {
    text.appendRight(point.operandStart, `${names.site}(${index}, ${names.point}, `);
    text.prependLeft(point.operandEnd, ')');
    return ['site'];
  }
  return putLoop({ text, source, names, f, loop: point, index });
}

function isLoop({ kind }: Point): boolean {
  return kind === 'loop';
}

/** A directive may end without a semicolon, at a line break that will now come after the inserted text. */
function gapAfter(source: string, offset: number): string {
  return /[{;]/.test(source[offset - 1]!) ? ' ' : '; ';
}

/** What compiled code imports, in this order. */
const IMPORTS = ['enter', 'site', 'each', 'indexed', 'pause', 'same', 'preempted', 'module'] as const;
type Import = (typeof IMPORTS)[number];

function importsOf(names: Names, used: ReadonlySet<Import>, importForm: string, specifier: string): string {
  const list = (between: string): string =>
    IMPORTS.filter((name) => used.has(name))
      .map((name) => `${name}${between}${names[name]}`)
      .join(', ');
  return importForm === 'import'
    ? `import { ${list(' as ')} } from ${specifier};`
    : `const { ${list(': ')} } = ${importForm}(${specifier});`;
}

function putHeader(text: MagicString, source: string, { body }: Program, header: string): void {
  const directives = afterDirectives(body);
  const start = afterJsxComments(source, directives ?? afterFirstComments(source));
  if (directives === null) text.appendLeft(start, `${header} `);
  else text.appendLeft(start, `${gapAfter(source, start)}${header}`);
}

/** Where comments end that are comments only at the beginning of a line: `#!`, and in CommonJS `-->`. */
function afterFirstComments(source: string): number {
  return /^(?:(?:#!|[^\S\r\n]*-->).*(?:\r\n|[^]))*/.exec(source)![0].length;
}

/**
 * Where comments end that tell tools how to compile JSX (`@jsx` and its like): most tools read them only before the
 * first statement.
 *
 * @param from where white space and comments begin
 */
function afterJsxComments(source: string, from: number): number {
  let end = from;
  COMMENT.lastIndex = from;
  for (let found = COMMENT.exec(source); found !== null; found = COMMENT.exec(source))
    if (/^\/\*[^]*@jsx/.test(found[0])) end = COMMENT.lastIndex;
  return end;
}

const COMMENT = /\s+|\/\*[^]*?\*\/|\/\/.*/y;

/** Inserts it before a comment that names a source map, which tools look for at the end. */
function putTrailer(text: MagicString, source: string, start: number, trailer: string): void {
  const end = start + COMMENTS.exec(source.slice(start))![0].length;
  const at = source.startsWith('//', end) ? end : source.length;
  text.appendLeft(at, `${source[at - 1] === '\n' ? '' : '\n'}${trailer}\n`);
}

/** White space and comments, up to one that names a source map. */
const COMMENTS = /^(?:\s+|\/\*[^]*?\*\/|\/\/(?![#@]\s*sourceMappingURL=).*)*/;

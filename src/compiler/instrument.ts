import MagicString from 'magic-string';
import type { Program } from 'oxc-parser';
import type { GeneratorFunction, Point } from './generator-function.js';
import { namesFor, type Names } from './names.js';
import { putLoop } from './put-loop.js';
import { afterDirectives, endOfStatements, hasModuleStatements, hasOwnRequire } from './statements.js';

/** Something that has an id: a function, or a point in one. */
export interface Numbered {
  /** From 0 in every file; the run-time half adds where the ids of the file begin. */
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
 * Puts the compiler's calls into a program. Nothing is moved and no line is broken: text is put before and after what
 * stands there, and a function is added at the end.
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
  // TypeScript in a CommonJS file can have `import`, which comes before all statements when that is made CommonJS.
  const isModule = format === 'module' || hasModuleStatements(program, source);
  const door = isModule ? 'import' : hasOwnRequire(program) ? 'module.require' : 'require';
  const imports = importsOf(names, used, door, JSON.stringify(runtime));
  putHeader(
    text,
    source,
    program,
    `${imports} var ${names.base} = ${names.module}(${numbered.length}, ${names.places});`,
  );
  putTrailer(text, source, endOfStatements(program), `function ${names.places}() { return ${describe(numbered)}; }`);
  return text;
}

/** The points of a function come right behind it: in the function itself they are known by how far. */
function number(functions: readonly GeneratorFunction[]): Numbered[] {
  const numbered: Numbered[] = [];
  for (const f of functions) {
    const functionId = numbered.length;
    for (const point of [null, ...f.points]) numbered.push({ id: numbered.length, f, point, functionId });
  }
  return numbered;
}

/**
 * Of the texts that come to stand at one place those that close something come first, the innermost before all others:
 * hence `prependLeft`. Then come those that open something, which are put in from the outside in: `appendRight`.
 *
 * @returns what of the run-time half is used.
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

/** A directive may end without a semicolon, at a line break that now comes later. */
function gapAfter(source: string, offset: number): string {
  return /[{;]/.test(source[offset - 1]!) ? ' ' : '; ';
}

/** What compiled code imports, in this order. */
const IMPORTS = ['enter', 'site', 'each', 'indexed', 'pause', 'same', 'preempted', 'module'] as const;
type Import = (typeof IMPORTS)[number];

function importsOf(names: Names, used: ReadonlySet<Import>, door: string, specifier: string): string {
  const list = (between: string): string =>
    IMPORTS.filter((name) => used.has(name))
      .map((name) => `${name}${between}${names[name]}`)
      .join(', ');
  return door === 'import'
    ? `import { ${list(' as ')} } from ${specifier};`
    : `const { ${list(': ')} } = ${door}(${specifier});`;
}

function putHeader(text: MagicString, source: string, { body }: Program, header: string): void {
  const start = afterDirectives(body);
  if (start === null) text.appendLeft(afterFirstComments(source), `${header} `);
  else text.appendLeft(start, `${gapAfter(source, start)}${header}`);
}

/** Comments that are none unless they begin their line: `#!`, and in CommonJS `-->`. */
function afterFirstComments(source: string): number {
  return /^(?:(?:#!|[^\S\r\n]*-->).*(?:\r\n|[^]))*/.exec(source)![0].length;
}

/** Before the comment that names a source map, which is looked for at the end. */
function putTrailer(text: MagicString, source: string, start: number, trailer: string): void {
  const end = start + COMMENTS.exec(source.slice(start))![0].length;
  const at = source.startsWith('//', end) ? end : source.length;
  text.appendLeft(at, `${source[at - 1] === '\n' ? '' : '\n'}${trailer}\n`);
}

/** White space and comments, up to one that names a source map. */
const COMMENTS = /^(?:\s+|\/\*[^]*?\*\/|\/\/(?![#@]\s*sourceMappingURL=).*)*/;

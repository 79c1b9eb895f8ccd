import type { Directive, Program, Statement } from 'oxc-parser';

type Statements = readonly (Directive | Statement)[];

/** Where the directives at the beginning of a body or program end; null where there are none. */
export function afterDirectives(statements: Statements): number | null {
  let end: number | null = null;
  for (const statement of statements) {
    // A string in parentheses is not a directive, and lacks this property.
    if (statement.type !== 'ExpressionStatement' || typeof (statement as Directive).directive !== 'string') break;
    ({ end } = statement);
  }
  return end;
}

/** Where the statements of a program end; only comments follow. */
export function endOfStatements({ body }: Program): number {
  return body.at(-1)?.end ?? 0;
}

/**
 * Whether a program has `import` or `export` statements, even if they will be converted to CommonJS. Those of types alone
 * do not count, since they vanish with the types; the tree is one of JavaScript and does not mark them, so the text is
 * searched.
 */
export function hasModuleStatements({ body }: Program, source: string): boolean {
  return body.some(({ type, start, end }) => MODULE_STATEMENT.test(type) && !OF_TYPES.test(source.slice(start, end)));
}

const MODULE_STATEMENT = /^(?:Import|Export(?:All|Default|Named))Declaration$/;
const OF_TYPES =
  /^(?:(?:import|export)\s+type(?:\s*[{*]|\s+(?!from\b)[\w$\u0080-\uffff])|export\s+(?:(?:default\s+)?interface|declare)\s)/;

/** Whether a program declares a function `require`, which hides that of CommonJS from the first line on. */
export function hasOwnRequire({ body }: Program): boolean {
  return body.some((one) => one.type === 'FunctionDeclaration' && one.id?.name === 'require');
}

import type {
  ArrowFunctionExpression,
  ClassElement,
  Expression,
  Function,
  MethodDefinition,
  Node,
  ParenthesizedExpression,
  PropertyKey,
} from 'oxc-parser';

/**
 * Helpers for syntax trees, for the compiler and the check. The trees are ESTree with TypeScript: from oxc or acorn for the
 * compiler and `heddle check`, from ESLint's or oxlint's parser for the lint rule. They differ in three ways, which end
 * here: some have `range` instead of `start` and `end`, some keep parentheses as nodes, some leave out what only TypeScript
 * has.
 */

/** A function of any form, also one that is only declared. */
export type FunctionNode = Function | ArrowFunctionExpression;

export function isFunction(node: Node): node is FunctionNode {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
    case 'TSDeclareFunction':
    case 'TSEmptyBodyFunctionExpression':
      return true;
    default:
      return false;
  }
}

export function isMethod(element: ClassElement): element is MethodDefinition {
  return element.type === 'MethodDefinition' || element.type === 'TSAbstractMethodDefinition';
}

export function startOf(node: Node): number {
  return node.range?.[0] ?? node.start;
}

export function endOf(node: Node): number {
  return node.range?.[1] ?? node.end;
}

/** Calls `visit` for each direct child, in the order of the tree's keys, which is mostly that of the source. */
export function forEachChild(node: Node, visit: (child: Node) => void): void {
  for (const key of Object.keys(node)) {
    if (key === 'parent') continue;
    const child = (node as unknown as Record<string, unknown>)[key];
    if (Array.isArray(child)) {
      for (const one of child) if (isNode(one)) visit(one);
    } else if (isNode(child)) visit(child);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as Node).type === 'string';
}

/** The name of a property, method or member, if it is a plain name or a string; null otherwise. */
export function propertyName(key: PropertyKey, computed: boolean): string | null {
  if (key.type === 'Literal') return typeof key.value === 'string' ? key.value : null;
  if (key.type === 'PrivateIdentifier') return `#${key.name}`;
  return key.type === 'Identifier' && !computed ? key.name : null;
}

/** The expression inside parentheses and type assertions, which do not change a value. */
export function unwrap(expression: Expression): Expression {
  let inner = expression;
  while (CHANGES_NOTHING.has(inner.type)) inner = (inner as ParenthesizedExpression).expression;
  return inner;
}

const CHANGES_NOTHING: ReadonlySet<string> = new Set([
  'ParenthesizedExpression',
  'TSAsExpression',
  'TSSatisfiesExpression',
  'TSTypeAssertion',
  'TSNonNullExpression',
  'TSInstantiationExpression',
]);

/** The module that `require('…')` or `import('…')` names, if it is named by a plain string. */
export function requiredModule(expression: Expression): string | null {
  if (expression.type === 'ImportExpression') return stringOf(expression.source);
  if (expression.type !== 'CallExpression' || expression.arguments.length !== 1) return null;
  const { callee } = expression;
  const [argument] = expression.arguments;
  if (callee.type !== 'Identifier' || callee.name !== 'require' || argument!.type === 'SpreadElement') return null;
  return stringOf(argument!);
}

function stringOf(expression: Expression): string | null {
  return expression.type === 'Literal' && typeof expression.value === 'string' ? expression.value : null;
}

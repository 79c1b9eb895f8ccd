import type { BindingPattern, Function as FunctionNode, Node, Statement, VariableDeclaration } from 'oxc-parser';
import { bareParameter, declarePattern } from './pattern.js';
import type { Loop } from './generator-function.js';
import { forEachChild } from './syntax.js';

/**
 * The variables computed by a loop that may be read and assigned right before it: those that the function `f` around it
 * declares (not the functions around that), if they are not constant and certainly initialised by then.
 */
export function computedVariables(f: FunctionNode, loop: Loop): string[] {
  const found: string[] = [];
  const wanted = new Set(loop.computed);
  // The innermost scope comes first: its declaration is the one that a name refers to.
  for (const scope of scopesAround(f, loop).toReversed())
    declare(scope, loop, (name, isReady) => {
      if (wanted.delete(name) && isReady) found.push(name);
    });
  return found;
}

/** The nodes in which the loop stands, from the function to the loop itself. */
function scopesAround(f: FunctionNode, { start }: Loop): Node[] {
  const path: Node[] = [];
  for (let node: Node | null = f; node !== null;) {
    path.push(node);
    let next: Node | null = null;
    forEachChild(node, (child) => {
      if (child.start <= start && start < child.end) next = child;
    });
    node = next;
  }
  return path;
}

type Declare = (name: string, isReady: boolean) => void;

/** Calls `report` for each name that `node` declares for its contents, and whether the loop could assign it beforehand. */
function declare(node: Node, loop: Loop, report: Declare): void {
  switch (node.type) {
    case 'BlockStatement':
      for (const statement of node.body) declareStatement(statement, statement.end <= loop.start, report);
      return;
    case 'SwitchStatement':
      // A declaration in one case is in scope in the others too, but may not have been initialised there.
      for (const { consequent } of node.cases)
        for (const statement of consequent) declareStatement(statement, false, report);
      return;
    case 'ForStatement':
      if (node.init?.type === 'VariableDeclaration') declareStatement(node.init, true, report);
      return;
    case 'ForOfStatement':
    case 'ForInStatement':
      // The loop's own variables do not exist before it: each iteration creates them afresh.
      if (node.left.type === 'VariableDeclaration') declareStatement(node.left, node.start < loop.start, report);
      return;
    case 'CatchClause':
      return declarePattern(node.param, (name) => report(name, false));
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      for (const parameter of node.params) {
        const pattern = parameter.type === 'RestElement' ? parameter.argument : bareParameter(parameter);
        declarePattern(pattern as BindingPattern, (name) => report(name, true));
      }
  }
}

/** `isBefore`: whether the declaration has been evaluated when the loop begins. */
function declareStatement(statement: Statement | VariableDeclaration, isBefore: boolean, report: Declare): void {
  switch (statement.type) {
    case 'VariableDeclaration': {
      const { kind, declarations } = statement;
      const isReady = kind === 'var' || (kind === 'let' && isBefore);
      for (const { id } of declarations) declarePattern(id, (name) => report(name, isReady));
      return;
    }
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
      if (statement.id !== null) report(statement.id.name, false);
  }
}

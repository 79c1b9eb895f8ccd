import type { Directive, Node, Statement } from 'oxc-parser';
import { endOf, startOf } from '../syntax.js';

/**
 * The starts of statements that would become a part of the one before if they began with a parenthesis, because that one
 * ends without a semicolon.
 */
export function statementsToPart(node: Node, source: string): number[] {
  const list = listIn(node);
  return list.flatMap((one, i) => (i > 0 && isOpen(list[i - 1]!, source) ? [startOf(one)] : []));
}

function listIn(node: Node): readonly (Directive | Statement)[] {
  switch (node.type) {
    case 'Program':
    case 'BlockStatement':
    case 'StaticBlock':
    case 'TSModuleBlock':
      return node.body;
    case 'SwitchCase':
      return node.consequent;
    default:
      return [];
  }
}

/** Whether a parenthesis right after a statement would continue it. */
function isOpen(statement: Directive | Statement, source: string): boolean {
  switch (statement.type) {
    case 'BlockStatement':
    case 'ClassDeclaration':
    case 'FunctionDeclaration':
    case 'SwitchStatement':
    case 'TryStatement':
      return false;
    case 'IfStatement':
      return isOpen(statement.alternate ?? statement.consequent, source);
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'ForStatement':
    case 'LabeledStatement':
    case 'WhileStatement':
    case 'WithStatement':
      return isOpen(statement.body, source);
    default:
      return source[endOf(statement) - 1] !== ';';
  }
}

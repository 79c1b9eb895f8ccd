import type { Directive, Statement } from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import {
  callable,
  DATA,
  either,
  isOperationShape,
  maybe,
  operation,
  resultOf,
  type Shape,
  type Shapes,
} from './shape.js';
import type { FunctionNode } from '../syntax.js';
import { ofSignature, yieldsData } from './type-shape.js';

/** The shape of a function: what a call returns, by its declared type or otherwise by its `return` statements. */
export function shapeOfFunction(node: FunctionNode, facts: FileFacts, shapes: Shapes): Shape {
  const declared = ofSignature(node, facts, shapes);
  if (declared?.kind !== 'function') return null;
  const { parameter } = declared;
  // Promises and asynchronous generators are not operations.
  if (node.async) return callable(() => null, parameter);
  const { returns = [], returnsNothing = false } = facts.bodies.get(node) ?? {};
  const returned = (): Shape => either(returns.map((argument) => shapes.ofExpression(argument, facts)));
  if (!node.generator || !node.body) {
    if (node.returnType) return declared;
    const isMaybe = returnsNothing || (node.body?.type === 'BlockStatement' && comesToEnd(node.body));
    return callable(() => (isMaybe ? maybe(returned()) : returned()), parameter);
  }
  return callable((argument) => {
    const typed = declared.call(argument);
    if (isData(node, facts, shapes)) return DATA;
    const certain = facts.usesHeddle || typed?.kind === 'operation' || delegates(node, facts, shapes);
    const iterable = typed?.kind !== 'operation' || typed.iterable;
    return operation(() => resultOf(typed) ?? returned(), { certain, iterable });
  }, parameter);
}

/**
 * Whether a generator function yields data. A bare `yield` of an operation does not count (the star is missing, which is a
 * finding of its own), unless the declared type says that operations are its data.
 */
export function isData(node: FunctionNode, facts: FileFacts, shapes: Shapes): boolean {
  if (isDeclaredData(node, facts)) return true;
  return (facts.bodies.get(node)?.yields ?? []).some(
    ({ delegate, argument }) =>
      !delegate && (argument === null || !isOperationShape(shapes.ofExpression(argument, facts), facts.usesHeddle)),
  );
}

export function isDeclaredData({ generator, returnType }: FunctionNode, facts: FileFacts): boolean {
  return generator && yieldsData(returnType?.typeAnnotation, facts);
}

/** Whether control may reach the end of a statement; true in cases that would take a closer look. */
function comesToEnd(statement: Directive | Statement | undefined): boolean {
  switch (statement?.type) {
    case 'ReturnStatement':
    case 'ThrowStatement':
      return false;
    case 'BlockStatement':
      return comesToEnd(statement.body.at(-1));
    case 'IfStatement':
      return comesToEnd(statement.consequent) || comesToEnd(statement.alternate ?? undefined);
    case 'TryStatement':
      return comesToEnd(statement.block) || (statement.handler !== null && comesToEnd(statement.handler.body));
    default:
      return true;
  }
}

function delegates(node: FunctionNode, facts: FileFacts, shapes: Shapes): boolean {
  return facts.bodies
    .get(node)!
    .yields.some(({ delegate, argument }) => delegate && isOperationShape(shapes.ofExpression(argument!, facts)));
}

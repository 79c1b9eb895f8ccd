import type { FileFacts } from './file-facts.js';
import { callable, DATA, either, isOperationShape, operation, resultOf, type Shape, type Shapes } from './shape.js';
import type { FunctionNode } from '../syntax.js';
import { ofSignature } from './type-shape.js';

/** What calling a function gives, by its declared types where it has them, otherwise by what it returns. */
export function shapeOfFunction(node: FunctionNode, facts: FileFacts, shapes: Shapes): Shape {
  const declared = ofSignature(node, facts, shapes);
  if (declared?.kind !== 'function') return null;
  const { parameter } = declared;
  // Promises and asynchronous generators are no operations.
  if (node.async) return callable(() => null, parameter);
  const returned = (): Shape =>
    either((facts.bodies.get(node)?.returns ?? []).map((argument) => shapes.ofExpression(argument, facts)));
  if (!node.generator || !node.body) return node.returnType ? declared : callable(returned, parameter);
  return callable((argument) => {
    const typed = declared.call(argument);
    if (typed?.kind === 'data' || isData(node, facts, shapes)) return DATA;
    const certain = facts.usesHeddle || typed?.kind === 'operation' || delegates(node, facts, shapes);
    return operation(() => resultOf(typed) ?? returned(), { certain });
  }, parameter);
}

/**
 * Whether a generator function yields data. A bare `yield` of an operation does not count: there the star is missing,
 * which is a finding of its own.
 */
export function isData(node: FunctionNode, facts: FileFacts, shapes: Shapes): boolean {
  return (facts.bodies.get(node)?.yields ?? []).some(
    ({ delegate, argument }) =>
      !delegate && (argument === null || !isOperationShape(shapes.ofExpression(argument, facts), facts.usesHeddle)),
  );
}

function delegates(node: FunctionNode, facts: FileFacts, shapes: Shapes): boolean {
  return facts.bodies
    .get(node)!
    .yields.some(({ delegate, argument }) => delegate && isOperationShape(shapes.ofExpression(argument!, facts)));
}

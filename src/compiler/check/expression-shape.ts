import type { CallExpression, Expression, MemberExpression, ObjectExpression } from 'oxc-parser';
import { instanceOf } from './class-shape.js';
import type { FileFacts } from './file-facts.js';
import { NAMESPACE } from './lexical-scope.js';
import { either, maybe, memberOf, resultOf, type Shape, type Shapes } from './shape.js';
import { propertyName, requiredModule } from '../syntax.js';

/** What an expression evaluates to. */
export function shapeOfExpression(expression: Expression, facts: FileFacts, shapes: Shapes): Shape {
  const of = (inner: Expression): Shape => shapes.ofExpression(inner, facts);
  switch (expression.type) {
    case 'Identifier':
      return shapes.ofBinding(facts.bindings.get(expression), facts, 'value');
    case 'CallExpression':
      return ofCall(expression, facts, shapes);
    case 'MemberExpression':
      return ofMember(expression, of);
    case 'ChainExpression':
      return maybe(of(expression.expression));
    case 'NewExpression':
      return instanceOf(of(expression.callee));
    case 'YieldExpression':
      return expression.delegate && expression.argument !== null ? resultOf(of(expression.argument)) : null;
    case 'AwaitExpression': {
      const source = requiredModule(expression.argument);
      return source === null || expression.argument.type !== 'ImportExpression'
        ? null
        : shapes.ofImport(source, NAMESPACE, facts, 'value');
    }
    case 'ThisExpression': {
      const owner = facts.classes.get(expression);
      return owner === undefined ? null : instanceOf(shapes.ofClass(owner, facts));
    }
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return shapes.ofFunction(expression, facts);
    case 'ClassExpression':
      return shapes.ofClass(expression, facts);
    case 'ObjectExpression':
      return ofObject(expression, of);
    case 'ConditionalExpression':
      return either([of(expression.consequent), of(expression.alternate)]);
    case 'LogicalExpression':
      return expression.operator === '&&'
        ? maybe(of(expression.right))
        : either([maybe(of(expression.left), false), of(expression.right)]);
    case 'SequenceExpression':
      return of(expression.expressions.at(-1)!);
    case 'AssignmentExpression':
      return expression.operator === '=' ? of(expression.right) : null;
    case 'TSNonNullExpression':
      return maybe(of(expression.expression), false);
    case 'ParenthesizedExpression':
    case 'TSSatisfiesExpression':
    case 'TSInstantiationExpression':
      return of(expression.expression);
    case 'TSAsExpression':
    case 'TSTypeAssertion':
      return isConst(expression.typeAnnotation)
        ? of(expression.expression)
        : shapes.ofType(expression.typeAnnotation, facts);
    default:
      return null;
  }
}

function ofCall(call: CallExpression, facts: FileFacts, shapes: Shapes): Shape {
  const source = requiredModule(call);
  if (source !== null) return shapes.ofImport(source, NAMESPACE, facts, 'value');
  const callee = shapes.ofExpression(call.callee, facts);
  if (callee?.kind !== 'function') return null;
  return callee.call((index) => {
    const argument = call.arguments[index];
    const spread = call.arguments.findIndex((one) => one.type === 'SpreadElement');
    if (argument === undefined || argument.type === 'SpreadElement' || (spread >= 0 && spread < index)) return null;
    return shapes.ofExpression(argument, facts);
  });
}

function ofMember(node: MemberExpression, of: (inner: Expression) => Shape): Shape {
  const name = propertyName(node.property, node.computed);
  return name === null ? null : memberOf(of(node.object), name);
}

function ofObject({ properties }: ObjectExpression, of: (inner: Expression) => Shape): Shape {
  return {
    kind: 'object',
    member: (name) => {
      const found = properties.findLast(
        (one) => one.type === 'SpreadElement' || propertyName(one.key, one.computed) === name,
      );
      return found?.type === 'Property' && found.kind === 'init' ? of(found.value) : null;
    },
  };
}

function isConst(type: Extract<Expression, { type: 'TSAsExpression' }>['typeAnnotation']): boolean {
  return type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' && type.typeName.name === 'const';
}

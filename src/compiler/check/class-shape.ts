import type { Class } from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import { typeOfParameter, withoutDefault } from '../pattern.js';
import { maybe, memberOf, nothing, operation, type Shape, type Shapes } from './shape.js';
import { isMethod, propertyName } from '../syntax.js';
import { isIterator } from './type-shape.js';

/** The shape of a class: the members of its instances, and its static ones. */
export function shapeOfClass(node: Class, facts: FileFacts, shapes: Shapes): Shape {
  const parent = (): Shape => (node.superClass ? shapes.ofExpression(node.superClass, facts) : null);
  const instance: Shape = isOperation(node, facts, shapes)
    ? operation(nothing, { bare: false })
    : {
        kind: 'object',
        member: (name) =>
          ofMember(node, name, false, facts, shapes) ??
          ofParameterProperty(node, name, facts, shapes) ??
          memberOf(instanceOf(parent()), name),
      };
  return {
    kind: 'class',
    instance: () => instance,
    member: (name) => ofMember(node, name, true, facts, shapes) ?? memberOf(parent(), name),
  };
}

export function instanceOf(shape: Shape): Shape {
  return shape?.kind === 'class' ? shape.instance() : null;
}

function isOperation(node: Class, facts: FileFacts, shapes: Shapes): boolean {
  return (
    (node.implements ?? []).some(
      ({ expression }) => shapes.ofBinding(facts.bindings.get(expression), facts, 'type')?.kind === 'operation',
    ) ||
    node.body.body.some((one) => isMethod(one) && isIterator({ ...one.value, key: one.key, computed: one.computed }))
  );
}

function ofMember(node: Class, name: string, isStatic: boolean, facts: FileFacts, shapes: Shapes): Shape {
  const found = node.body.body.find(
    (one) => 'key' in one && one.static === isStatic && propertyName(one.key, one.computed) === name,
  );
  if (found === undefined || !('key' in found)) return null;
  if (isMethod(found)) {
    const method = shapes.ofFunction(found.value, facts);
    return found.kind === 'get' && method?.kind === 'function' ? method.call(nothing) : method;
  }
  if (found.typeAnnotation)
    return maybe(shapes.ofType(found.typeAnnotation.typeAnnotation, facts), found.optional === true);
  return found.value === null ? null : shapes.ofExpression(found.value, facts);
}

/** `constructor(private readonly store: Store)` declares a property too. */
function ofParameterProperty(node: Class, name: string, facts: FileFacts, shapes: Shapes): Shape {
  const maker = node.body.body.find((one) => isMethod(one) && one.kind === 'constructor');
  if (maker === undefined || !isMethod(maker)) return null;
  for (const parameter of maker.value.params) {
    if (parameter.type !== 'TSParameterProperty') continue;
    const declared = withoutDefault(parameter);
    if (declared.type !== 'Identifier' || declared.name !== name) continue;
    const type = typeOfParameter(parameter);
    return type === null ? null : shapes.ofType(type, facts);
  }
  return null;
}

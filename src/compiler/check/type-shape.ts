import type {
  ParamPattern,
  TSImportType,
  TSInterfaceDeclaration,
  TSSignature,
  TSType,
  TSTypeReference,
} from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import { typeOfParameter } from '../pattern.js';
import { callable, DATA, maybe, memberOf, nothing, operation, resultOf, type Shape, type Shapes } from './shape.js';
import { propertyName } from '../syntax.js';

/** What a type written in the source says of its values. */
export function shapeOfType(type: TSType, facts: FileFacts, shapes: Shapes): Shape {
  switch (type.type) {
    case 'TSTypeReference':
    case 'TSImportType':
      return ofReference(type, facts, shapes);
    case 'TSFunctionType':
      return ofSignature(type, facts, shapes);
    case 'TSTypeLiteral':
      return ofMembers(type.members, nothing, facts, shapes);
    case 'TSParenthesizedType':
      return shapes.ofType(type.typeAnnotation, facts);
    case 'TSTypeOperator':
      return type.operator === 'readonly' ? shapes.ofType(type.typeAnnotation, facts) : null;
    case 'TSUnionType': {
      const present = presentTypes(type.types);
      return present.length === 1 ? maybe(shapes.ofType(present[0]!, facts), type.types.length > 1) : null;
    }
    case 'TSIntersectionType': {
      const parts = type.types.map((part) => shapes.ofType(part, facts));
      return parts.find((part) => part?.kind === 'operation') ?? ofFirstKnown(parts);
    }
    default:
      return null;
  }
}

/** What can be called: its parameters, and what it returns. */
export interface Signature {
  readonly params: readonly ParamPattern[];
  readonly returnType?: { readonly typeAnnotation: TSType } | null;
}

/**
 * The shape of a function by its types. If an operation goes in and comes out (`withTimeout<T>(ms, o: Operation<T>):
 * Operation<T>`), its result is tracked, since people wrap operations; other type parameters are not.
 */
export function ofSignature({ params, returnType }: Signature, facts: FileFacts, shapes: Shapes): Shape {
  const parameter = (index: number): Shape => {
    const type = typeOfParameter(params[index]);
    return type === null ? null : shapes.ofType(type, facts);
  };
  if (!returnType) return callable(nothing, parameter);
  const { typeAnnotation } = returnType;
  const carried = operationOfParameter(typeAnnotation, facts);
  const carrier =
    carried === null ? -1 : params.findIndex((one) => operationOfParameter(typeOfParameter(one), facts) === carried);
  return callable((argument) => {
    const shape = shapes.ofType(typeAnnotation, facts);
    return carrier >= 0 && shape?.kind === 'operation'
      ? { ...shape, result: () => resultOf(argument(carrier)) }
      : shape;
  }, parameter);
}

/** The members of an interface or type literal; `inherited` finds those that are declared elsewhere. */
export function ofMembers(
  members: readonly TSSignature[],
  inherited: (name: string) => Shape,
  facts: FileFacts,
  shapes: Shapes,
): Shape {
  const call = members.find((one) => one.type === 'TSCallSignatureDeclaration');
  if (call !== undefined) return ofSignature(call, facts, shapes);
  return {
    kind: 'object',
    member: (name) => {
      const found = members.find(
        (one) =>
          (one.type === 'TSMethodSignature' || one.type === 'TSPropertySignature') &&
          propertyName(one.key, one.computed) === name,
      );
      if (found?.type === 'TSMethodSignature') {
        const method = ofSignature(found, facts, shapes);
        return found.kind === 'get' && method?.kind === 'function' ? method.call(nothing) : method;
      }
      if (found?.type !== 'TSPropertySignature') return inherited(name);
      return found.typeAnnotation === null
        ? null
        : maybe(shapes.ofType(found.typeAnnotation.typeAnnotation, facts), found.optional);
    },
  };
}

/** The instances of an interface. */
export function ofInterface(node: TSInterfaceDeclaration, facts: FileFacts, shapes: Shapes): Shape {
  const { body } = node.body;
  const parents = (node.extends ?? []).map(({ expression }) =>
    expression.type === 'Identifier' ? shapes.ofBinding(facts.bindings.get(expression), facts, 'type') : null,
  );
  const iterator = body.find((one) => one.type === 'TSMethodSignature' && isIterator(one));
  if (iterator !== undefined || parents.some((parent) => parent?.kind === 'operation'))
    return operation(nothing, { bare: body.every((one) => one === iterator) });
  return ofMembers(body, (name) => ofFirstKnown(parents.map((parent) => memberOf(parent, name))), facts, shapes);
}

/** Whether a method makes its object an operation: an iterator over leaves. */
export function isIterator(method: Signature & { readonly key: unknown; readonly computed: boolean }): boolean {
  const key = method.key as { type?: string; property?: { name?: string } };
  if (!method.computed || key.type !== 'MemberExpression' || key.property?.name !== 'iterator') return false;
  const type = method.returnType?.typeAnnotation;
  return type?.type === 'TSTypeReference' && nameOf(type.typeArguments?.params[0]) === 'Leaf';
}

function ofReference(type: TSTypeReference | TSImportType, facts: FileFacts, shapes: Shapes): Shape {
  const parameters = type.typeArguments?.params ?? [];
  const of = (index: number): Shape => {
    const parameter = parameters[index];
    return parameter === undefined ? null : shapes.ofType(parameter, facts);
  };
  let named: Shape = null;
  const typeName = type.type === 'TSTypeReference' ? type.typeName : null;
  if (type.type === 'TSImportType') {
    if (type.qualifier?.type === 'Identifier')
      named = shapes.ofImport(type.source.value, type.qualifier.name, facts, 'type');
  } else if (typeName?.type === 'Identifier') {
    const binding = facts.bindings.get(typeName);
    if (binding === undefined) return ofGlobal(typeName.name, parameters, of);
    named = shapes.ofBinding(binding, facts, 'type');
  } else if (typeName?.type === 'TSQualifiedName' && typeName.left.type === 'Identifier')
    named = memberOf(shapes.ofBinding(facts.bindings.get(typeName.left), facts, 'type'), typeName.right.name);
  // `Operation<T>`: the type argument says more about the result than the declaration can.
  return named?.kind === 'operation' && parameters.length > 0
    ? { ...named, result: () => of(0) ?? resultOf(named) }
    : named;
}

function ofGlobal(name: string, parameters: readonly TSType[], of: (index: number) => Shape): Shape {
  switch (name) {
    case 'Readonly':
      return of(0);
    case 'NonNullable':
      return maybe(of(0), false);
    case 'Generator':
      return isOfData(parameters[0])
        ? DATA
        : operation(() => of(1), { certain: nameOf(parameters[0]) === 'Leaf', iterable: true });
    default:
      return null;
  }
}

/** Whether a generator function with this return type yields data. */
export function yieldsData(type: TSType | undefined, facts: FileFacts): boolean {
  if (type?.type !== 'TSTypeReference' || type.typeName.type !== 'Identifier') return false;
  if (facts.bindings.has(type.typeName)) return false;
  return ITERABLE.has(nameOf(type) ?? '') && isOfData(type.typeArguments?.params[0]);
}

const ITERABLE: ReadonlySet<string> = new Set([
  'Generator',
  'Iterable',
  'IterableIterator',
  'Iterator',
  'IteratorObject',
]);

/** Fiber functions are declared to yield `any`, `unknown`, `never` or a `Leaf`; everything else is data. */
function isOfData(yielded: TSType | undefined): boolean {
  return yielded !== undefined && !OPAQUE.has(yielded.type) && nameOf(yielded) !== 'Leaf';
}

const OPAQUE: ReadonlySet<string> = new Set(['TSAnyKeyword', 'TSUnknownKeyword', 'TSNeverKeyword']);

/** The type parameter `T` of `Operation<T>` or `Operation<T | undefined>`, as the binding of its name. */
function operationOfParameter(type: TSType | null, facts: FileFacts): unknown {
  if (type?.type !== 'TSTypeReference') return null;
  const [result] = type.typeArguments?.params ?? [];
  if (result === undefined || !nameOf(type)?.endsWith('Operation')) return null;
  const [only, ...more] = result.type === 'TSUnionType' ? presentTypes(result.types) : [result];
  if (only?.type !== 'TSTypeReference' || more.length > 0) return null;
  const binding = facts.bindings.get(only.typeName);
  return binding?.type?.kind === 'type parameter' ? binding : null;
}

function presentTypes(types: readonly TSType[]): TSType[] {
  return types.filter((type) => type.type !== 'TSNullKeyword' && type.type !== 'TSUndefinedKeyword');
}

/** Of `Leaf`, of `heddle.Leaf`, and of the `import("heddle").Leaf` that TypeScript writes into declarations. */
function nameOf(type: TSType | undefined): string | null {
  if (type?.type !== 'TSTypeReference' && type?.type !== 'TSImportType') return null;
  const name = type.type === 'TSTypeReference' ? type.typeName : type.qualifier;
  if (name?.type === 'TSQualifiedName') return name.right.name;
  return name?.type === 'Identifier' ? name.name : null;
}

function ofFirstKnown(shapes: readonly Shape[]): Shape {
  return shapes.find((shape) => shape !== null) ?? null;
}

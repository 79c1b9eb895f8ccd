import type { Class, Expression, TSType } from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import type { Binding, NAMESPACE } from './lexical-scope.js';
import type { FunctionNode } from '../syntax.js';

/**
 * What is known of a value without running the program: whether it is an operation, and what leads to one. Parts are
 * computed on demand: most are never asked for, and declarations may be recursive.
 */
export type Shape =
  | OperationShape
  /** A generator that yields data, for `for…of` and the like. */
  | { readonly kind: 'data' }
  | Callable
  | { readonly kind: 'object'; readonly member: (name: string) => Shape }
  | { readonly kind: 'class'; readonly instance: () => Shape; readonly member: (name: string) => Shape }
  /** Nothing is known, so nothing is reported. */
  | null;

export interface OperationShape {
  readonly kind: 'operation';
  readonly result: () => Shape;
  /** False for a generator that may be meant for a fiber or for a loop. */
  readonly certain: boolean;
  /** Whether it has no members but those of an operation. A class may give methods to instances that are operations. */
  readonly bare: boolean;
  /** Whether the value may be `undefined` or the like instead. */
  readonly maybe: boolean;
  /** Whether it is a generator, which a loop may be meant to iterate, and no type says that it is an operation. */
  readonly iterable: boolean;
}

export interface Callable {
  readonly kind: 'function';
  /** What a call returns, given the shapes of its arguments. */
  readonly call: (argument: (index: number) => Shape) => Shape;
  /** The shape that is expected of an argument. */
  readonly parameter: (index: number) => Shape;
}

/** Finds the shape of something in any file. The functions that compute shapes ask each other through this. */
export interface Shapes {
  ofExpression(expression: Expression, facts: FileFacts): Shape;
  ofType(type: TSType, facts: FileFacts): Shape;
  ofFunction(node: FunctionNode, facts: FileFacts): Shape;
  ofClass(node: Class, facts: FileFacts): Shape;
  ofBinding(binding: Binding | undefined, facts: FileFacts, space: Space): Shape;
  ofImport(source: string, name: string | typeof NAMESPACE, facts: FileFacts, space: Space): Shape;
}

/** Values and types have separate namespaces. */
export type Space = 'value' | 'type';

export const DATA: Shape = { kind: 'data' };

export function operation(
  result: () => Shape = nothing,
  { certain = true, bare = true, iterable = false }: { certain?: boolean; bare?: boolean; iterable?: boolean } = {},
): Shape {
  return { kind: 'operation', result, certain, bare, maybe: false, iterable };
}

/** The same shape, except that the value may be missing, or certainly is not. */
export function maybe(shape: Shape, isMaybe: boolean = true): Shape {
  return shape?.kind === 'operation' && shape.maybe !== isMaybe ? { ...shape, maybe: isMaybe } : shape;
}

/** Whether it is an operation: for certain or, where that is open, because it is `likely`. */
export function isOperationShape(shape: Shape, likely: boolean = false): shape is OperationShape {
  return shape?.kind === 'operation' && (shape.certain || likely);
}

export function callable(call: Callable['call'], parameter: Callable['parameter'] = nothing): Shape {
  return { kind: 'function', call, parameter };
}

export function memberOf(shape: Shape, name: string): Shape {
  return shape?.kind === 'object' || shape?.kind === 'class' ? shape.member(name) : null;
}

export function resultOf(shape: Shape): Shape {
  return shape?.kind === 'operation' ? shape.result() : null;
}

/** What is known of a value that has one of these shapes. */
export function either(shapes: readonly Shape[]): Shape {
  const [first = null] = shapes;
  if (shapes.every((shape) => shape === first)) return first;
  if (!shapes.every((shape) => shape?.kind === 'operation')) return null;
  const one = operation(() => either(shapes.map(resultOf)), {
    certain: shapes.every(({ certain }) => certain),
    bare: shapes.every(({ bare }) => bare),
    iterable: shapes.some(({ iterable }) => iterable),
  });
  return maybe(
    one,
    shapes.some((shape) => shape.maybe),
  );
}

export function nothing(): null {
  return null;
}

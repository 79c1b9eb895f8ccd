import type { Class, Expression, TSType } from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import type { Binding, NAMESPACE } from './lexical-scope.js';
import type { FunctionNode } from '../syntax.js';

/**
 * What is known of a value without running the program: whether it is an operation, and what leads to one. Parts are
 * computed when they are asked for: most never are, and declarations may refer to themselves.
 */
export type Shape =
  | OperationShape
  /** A generator that yields data, for `for…of` and the like. */
  | { readonly kind: 'data' }
  | Callable
  | { readonly kind: 'object'; readonly member: (name: string) => Shape }
  | { readonly kind: 'class'; readonly instance: () => Shape; readonly member: (name: string) => Shape }
  /** Nothing is known, so nothing is said. */
  | null;

export interface OperationShape {
  readonly kind: 'operation';
  readonly result: () => Shape;
  /** False for a generator of which it is not known whether fibers or loops are to run it. */
  readonly certain: boolean;
  /** Whether it can do no more than be run. A class whose instances are operations may give them methods. */
  readonly bare: boolean;
  /** Whether there may be none, and `undefined` or the like in its place. */
  readonly maybe: boolean;
  /** Whether it is a generator, which loops may be meant to run, unless its type says that it is an operation. */
  readonly iterable: boolean;
}

export interface Callable {
  readonly kind: 'function';
  /** What a call returns; `argument` tells of its arguments. */
  readonly call: (argument: (index: number) => Shape) => Shape;
  /** What it is to be given. */
  readonly parameter: (index: number) => Shape;
}

/** Answers what the shape of something is, in any file. The parts of the answer ask each other through this. */
export interface Shapes {
  ofExpression(expression: Expression, facts: FileFacts): Shape;
  ofType(type: TSType, facts: FileFacts): Shape;
  ofFunction(node: FunctionNode, facts: FileFacts): Shape;
  ofClass(node: Class, facts: FileFacts): Shape;
  ofBinding(binding: Binding | undefined, facts: FileFacts, space: Space): Shape;
  ofImport(source: string, name: string | typeof NAMESPACE, facts: FileFacts, space: Space): Shape;
}

/** Values and types have names of their own. */
export type Space = 'value' | 'type';

export const DATA: Shape = { kind: 'data' };

export function operation(
  result: () => Shape = nothing,
  { certain = true, bare = true, iterable = false }: { certain?: boolean; bare?: boolean; iterable?: boolean } = {},
): Shape {
  return { kind: 'operation', result, certain, bare, maybe: false, iterable };
}

/** The same value, of which is known that it may be missing, or that it is not. */
export function maybe(shape: Shape, isMaybe: boolean = true): Shape {
  return shape?.kind === 'operation' && shape.maybe !== isMaybe ? { ...shape, maybe: isMaybe } : shape;
}

/** Whether it is an operation for certain, or by what is `likely` otherwise. */
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

/** What is known of a value that is one of these. */
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

import type { BindingPattern, Node, ParamPattern, TSType } from 'oxc-parser';
import { propertyName } from './syntax.js';

/** A parameter without the modifiers that make it a property as well. */
export type Parameter = Exclude<ParamPattern, { type: 'TSParameterProperty' }>;

export function bareParameter(parameter: ParamPattern): Parameter {
  return parameter.type === 'TSParameterProperty' ? parameter.parameter : parameter;
}

/** What a parameter declares, without modifiers and its default value. */
export function withoutDefault(parameter: ParamPattern): Parameter {
  const pattern = bareParameter(parameter);
  return pattern.type === 'AssignmentPattern' ? pattern.left : pattern;
}

/** The declared type of a parameter. Null for a rest parameter, whose type is that of all arguments it collects. */
export function typeOfParameter(parameter: ParamPattern | undefined): TSType | null {
  if (parameter === undefined || parameter.type === 'RestElement') return null;
  return withoutDefault(parameter).typeAnnotation?.typeAnnotation ?? null;
}

/** Where in a pattern a name stands: `{ a: { b: name } }` is at `['a', 'b']`; null where that cannot be told. */
export interface PatternPlace {
  readonly path: readonly string[] | null;
  readonly annotation: TSType | null;
}

/** Calls `declare` for each name of a pattern, with its place in it and its node. */
export function declarePattern(
  pattern: BindingPattern | null,
  declare: (name: string, place: PatternPlace, node: Node) => void,
  path: readonly string[] | null = [],
  annotation: TSType | null = null,
): void {
  if (pattern === null) return;
  const type = pattern.typeAnnotation?.typeAnnotation ?? annotation;
  switch (pattern.type) {
    case 'Identifier':
      return declare(pattern.name, { path, annotation: type }, pattern);
    case 'AssignmentPattern':
      return declarePattern(pattern.left, declare, path, type);
    case 'ArrayPattern':
      for (const element of pattern.elements)
        declarePattern(element?.type === 'RestElement' ? element.argument : element, declare, null);
      return;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'RestElement') declarePattern(property.argument, declare, null);
        else {
          const name = propertyName(property.key, property.computed);
          declarePattern(property.value, declare, name === null || path === null ? null : [...path, name], type);
        }
      }
  }
}

/** The expressions and types in a pattern: everything but the names that it declares. */
export function partsOfPattern(pattern: BindingPattern | Parameter): Node[] {
  const parts: Node[] = pattern.typeAnnotation ? [pattern.typeAnnotation] : [];
  switch (pattern.type) {
    case 'AssignmentPattern':
      parts.push(...partsOfPattern(pattern.left), pattern.right);
      break;
    case 'RestElement':
      parts.push(...partsOfPattern(pattern.argument));
      break;
    case 'ArrayPattern':
      for (const element of pattern.elements) if (element !== null) parts.push(...partsOfPattern(element));
      break;
    case 'ObjectPattern':
      for (const property of pattern.properties) {
        if (property.type === 'Property' && property.computed) parts.push(property.key);
        parts.push(...partsOfPattern(property.type === 'Property' ? property.value : property.argument));
      }
  }
  return parts;
}

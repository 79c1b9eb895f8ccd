import type { Class, Expression, TSInterfaceDeclaration, TSTypeAliasDeclaration } from 'oxc-parser';
import type { PatternPlace } from '../pattern.js';
import type { FunctionNode } from '../syntax.js';

/** What a name stands for, as far as that says something about operations. */
export type Declaration =
  | { readonly kind: 'import'; readonly source: string; readonly name: string | typeof NAMESPACE }
  | { readonly kind: 'function'; readonly node: FunctionNode }
  | { readonly kind: 'class'; readonly node: Class }
  | { readonly kind: 'interface'; readonly node: TSInterfaceDeclaration }
  | { readonly kind: 'alias'; readonly node: TSTypeAliasDeclaration }
  | { readonly kind: 'type parameter' }
  | { readonly kind: 'variable'; readonly place: PatternPlace; readonly init: Expression | null }
  | { readonly kind: 'parameter'; readonly place: PatternPlace; readonly of: FunctionNode; readonly index: number }
  | { readonly kind: 'other' };

/** All exports of a module together: `import * as name`. */
export const NAMESPACE: unique symbol = Symbol('namespace');

/** A name of a scope. One name can be a value and a type (a class is both, an interface may share its name). */
export interface Binding {
  readonly name: string;
  value: Declaration | null;
  type: Declaration | null;
  reads: number;
  /** Assignments of any form (also by a pattern, a loop head or `++`), without the one of its declaration. */
  writes: number;
}

/** The names of a block, function or module, and the scope around it. */
export class LexicalScope {
  readonly outer: LexicalScope | null;
  /** Whether `var` stops here. */
  readonly isFunction: boolean;
  private readonly bindings: Map<string, Binding> = new Map();

  constructor(outer: LexicalScope | null, isFunction: boolean) {
    this.outer = outer;
    this.isFunction = isFunction;
  }

  /** The first declaration wins: of overloads it is the one that callers see. */
  declare(name: string, space: 'value' | 'type' | 'both', declaration: Declaration): Binding {
    let binding = this.bindings.get(name);
    if (binding === undefined)
      this.bindings.set(name, (binding = { name, value: null, type: null, reads: 0, writes: 0 } satisfies Binding));
    if (space !== 'type') binding.value ??= declaration;
    if (space !== 'value') binding.type ??= declaration;
    return binding;
  }

  find(name: string): Binding | null {
    for (let scope: LexicalScope | null = this; scope !== null; scope = scope.outer) {
      const binding = scope.bindings.get(name);
      if (binding !== undefined) return binding;
    }
    return null;
  }

  get functionScope(): LexicalScope {
    return this.isFunction || this.outer === null ? this : this.outer.functionScope;
  }
}

import type { CallExpression, Class, Expression, Node, Program, ThisExpression, YieldExpression } from 'oxc-parser';
import type { Exports } from './gather-exports.js';
import type { Binding, LexicalScope } from './lexical-scope.js';
import type { FunctionNode } from '../syntax.js';

/** What one walk over a file finds out, so that questions about it need no further walk and no parent links. */
export interface FileFacts {
  readonly file: string;
  readonly program: Program;
  /** The scope of the whole module. */
  readonly scope: LexicalScope;
  readonly exports: Exports;
  /** Whether it imports heddle: then its generators count as operations unless they show that they are not. */
  readonly usesHeddle: boolean;
  /** The binding of each identifier that refers to one; also of the names that variables declare. */
  readonly bindings: ReadonlyMap<Node, Binding>;
  /** The class whose instance a `this` is. */
  readonly classes: ReadonlyMap<ThisExpression, Class>;
  /** For each function expression that is passed as an argument, the call. */
  readonly callers: ReadonlyMap<FunctionNode, CallExpression>;
  readonly bodies: ReadonlyMap<FunctionNode, FunctionBody>;
}

/** What the body of a function contains, without the functions in it. */
export interface FunctionBody {
  readonly yields: readonly YieldExpression[];
  /** The arguments of `return`, or what an arrow function without a block returns. */
  readonly returns: readonly Expression[];
  /** Whether there is a `return` without an argument. */
  readonly returnsNothing: boolean;
}

import type { Node } from 'oxc-parser';
import type { Binding, LexicalScope } from './lexical-scope.js';

/** A name that is used. */
export interface Reference {
  readonly node: Node;
  readonly name: string;
  readonly scope: LexicalScope;
  readonly use: 'read' | 'write';
}

/** Counts the uses of each binding, and says in `bindings` which one each name means. */
export function resolveReferences(references: readonly Reference[], bindings: Map<Node, Binding>): void {
  for (const { node, name, scope, use } of references) {
    const binding = scope.find(name);
    if (binding === null) continue;
    bindings.set(node, binding);
    if (use === 'read') binding.reads++;
    else binding.writes++;
  }
}

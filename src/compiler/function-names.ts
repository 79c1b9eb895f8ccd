import type { Class, Expression, Function as FunctionNode, Node, PropertyKey } from 'oxc-parser';
import { propertyName, unwrap } from './syntax.js';
import { shortText } from './short-text.js';

/** The name of a function, and where it begins for a reader: at its keyword, or at the name of a method. */
export interface NamedFunction {
  readonly name: string;
  readonly start: number;
}

/**
 * Infers the names of anonymous functions as the language does (ECMA-262, NamedEvaluation), and a little more: members are
 * prefixed with the name of their class, and what is assigned to a property is named by the text of the assignment's
 * target.
 */
export class FunctionNames {
  private readonly source: string;
  private readonly known: Map<Node, NamedFunction> = new Map();

  constructor(source: string) {
    this.source = source;
  }

  of(node: FunctionNode): NamedFunction {
    const { name = 'anonymous', start = node.start } = this.known.get(node) ?? {};
    return { name: node.id?.name ?? name, start };
  }

  /** Names the functions and classes among the children of a node. Must be called for a node before its children. */
  learn(parent: Node): void {
    switch (parent.type) {
      case 'VariableDeclarator':
        return this.give(parent.init, () => this.targetName(parent.id));
      case 'AssignmentExpression':
      case 'AssignmentPattern':
        return this.give(parent.right, () => this.targetName(parent.left));
      case 'Property':
        return this.give(parent.value, () => this.keyName(parent), parent.method ? parent.key.start : undefined);
      case 'ExportDefaultDeclaration':
        return this.give(parent.declaration, () => 'default');
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.learnMembers(parent);
    }
  }

  private learnMembers(node: Class): void {
    const owner = node.id?.name ?? this.known.get(node)?.name;
    for (const member of node.body.body) {
      if (!('value' in member)) continue;
      const name = (): string => (owner === undefined ? '' : `${owner}.`) + this.keyName(member);
      this.give(member.value, name, member.type === 'MethodDefinition' ? member.key.start : undefined);
    }
  }

  /** `name` is called only for functions and classes, which most values are not. */
  private give(value: Node | null, name: () => string, start?: number): void {
    if (value === null) return;
    const node = unwrap(value as Expression) as Node;
    if (NAMED.has(node.type)) this.known.set(node, { name: name(), start: start ?? node.start });
  }

  private targetName(target: Node): string {
    if (target.type === 'Identifier') return target.name;
    return target.type === 'MemberExpression' ? this.textOf(target) : 'anonymous';
  }

  private keyName({ key, computed }: { readonly key: PropertyKey; readonly computed: boolean }): string {
    return propertyName(key, computed) ?? (computed ? `[${this.textOf(key)}]` : this.textOf(key));
  }

  private textOf({ start, end }: Node): string {
    return shortText(this.source.slice(start, end));
  }
}

const NAMED: ReadonlySet<string> = new Set([
  'FunctionExpression',
  'FunctionDeclaration',
  'ClassExpression',
  'ClassDeclaration',
]);

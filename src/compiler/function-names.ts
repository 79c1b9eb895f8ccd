import type { Class, Expression, Function as FunctionNode, Node, PropertyKey } from 'oxc-parser';
import { propertyName, unwrap } from './syntax.js';
import { shortText } from './short-text.js';

/** What a function is called, and where it begins for a reader: with its keyword, or with the name of a method. */
export interface NamedFunction {
  readonly name: string;
  readonly start: number;
}

/**
 * The names of functions that have none of their own, as the language infers them (ECMA-262, NamedEvaluation), and a
 * little further: members carry the name of their class, and what is assigned to a property the text of that.
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

  /** Names the functions and classes among the children of a node. To be called for parents before their children. */
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

  /** Most values are no functions: their names are not asked for. */
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

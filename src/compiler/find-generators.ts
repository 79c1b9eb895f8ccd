import type {
  CallExpression,
  Expression,
  Function as FunctionNode,
  LabeledStatement,
  Node,
  Program,
  YieldExpression,
} from 'oxc-parser';
import { unwrap } from './syntax.js';
import { FunctionNames, type NamedFunction } from './function-names.js';
import type { GeneratorFunction, Point, Site, Verdict } from './generator-function.js';
import { LoopDraft, type Labels, type LoopNode } from './loop-draft.js';
import { afterDirectives } from './statements.js';

/** All generator functions of a program, in source order. */
export function findGenerators(program: Program, source: string): GeneratorFunction[] {
  return new Finder(source).find(program);
}

/** A generator whose body is being read. */
class Draft implements GeneratorFunction {
  readonly name: string;
  readonly node: FunctionNode;
  readonly start: number;
  readonly bodyStart: number;
  readonly points: Point[] = [];
  /** Whether it has a bare `yield`. */
  yields: boolean = false;
  /** Whether it is in a `with` statement, or has one. */
  hasWith: boolean;
  /** Whether a direct `eval` sees its variables. */
  hasEval: boolean = false;
  /** The generator around it. */
  readonly outer: Draft | null;
  private readonly isAsync: boolean;

  constructor({ name, start }: NamedFunction, node: FunctionNode, bodyStart: number, { around, inWith }: Scope) {
    this.name = name;
    this.node = node;
    this.start = start;
    this.bodyStart = bodyStart;
    this.isAsync = node.async;
    this.outer = around;
    this.hasWith = inWith;
  }

  get verdict(): Verdict {
    if (this.isAsync) return 'async';
    if (this.yields) return 'data';
    if (this.points.length === 0) return 'nothing to do';
    return this.hasWith ? 'with' : this.hasEval ? 'eval' : 'fiber';
  }
}

/** The context of a piece of the program. */
interface Scope {
  /** The generator that a `yield*` standing here would belong to. */
  readonly owner: Draft | null;
  /** The innermost generator around this, whose variables a direct `eval` here sees. */
  readonly around: Draft | null;
  /** The innermost loop of `owner` around this. */
  readonly loop: LoopDraft | null;
  /** Whether a name is first looked up in the object of a `with`. */
  readonly inWith: boolean;
}

class Finder {
  private readonly found: Draft[] = [];
  private readonly names: FunctionNames;
  private readonly labels: Map<Node, Labels> = new Map();
  /**
   * What is still to be read, and in which scope. No recursion: an expression can be nested deeper than the stack allows.
   */
  private readonly nodes: Node[] = [];
  private readonly scopes: Scope[] = [];

  constructor(source: string) {
    this.names = new FunctionNames(source);
  }

  find(program: Program): GeneratorFunction[] {
    this.push(program, { owner: null, around: null, loop: null, inWith: false });
    for (let node = this.nodes.pop(); node !== undefined; node = this.nodes.pop()) this.read(node, this.scopes.pop()!);
    for (const { points } of this.found) points.sort(byStart);
    return this.found.sort(byStart);
  }

  private read(node: Node, scope: Scope): void {
    scope.loop?.note(node);
    switch (node.type) {
      case 'Identifier':
      case 'Literal':
      case 'TSInterfaceDeclaration':
      case 'TSTypeAliasDeclaration':
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
        return this.pushChildren(node, this.enter(node, scope));
      case 'ArrowFunctionExpression':
      case 'StaticBlock':
        return this.pushChildren(node, withoutOwner(scope));
      case 'PropertyDefinition':
      case 'AccessorProperty':
        // The key is evaluated where the class stands, the value in a function of its own.
        this.pushChildren(node, scope, node.value);
        if (node.value !== null) this.push(node.value, withoutOwner(scope));
        return;
      case 'WithStatement':
        if (scope.owner !== null) scope.owner.hasWith = true;
        return this.pushChildren(node, { ...scope, inWith: true });
      case 'CallExpression':
        if (isDirectEval(node)) noteEval(scope.around);
        break;
      case 'YieldExpression':
        if (scope.owner === null) break;
        if (node.delegate) scope.owner.points.push(siteOf(node));
        else scope.owner.yields = true;
        break;
      case 'ForStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
        if (scope.owner === null) break;
        return this.pushChildren(node, { ...scope, loop: this.addLoop(node, scope.owner) });
      case 'LabeledStatement':
        this.addLabel(node);
        break;
      case 'VariableDeclarator':
      case 'AssignmentExpression':
      case 'AssignmentPattern':
      case 'Property':
      case 'ExportDefaultDeclaration':
      case 'ClassDeclaration':
      case 'ClassExpression':
        this.names.learn(node);
        break;
    }
    this.pushChildren(node, scope);
  }

  private addLoop(node: LoopNode, { points }: Draft): LoopDraft {
    const loop = new LoopDraft(node, this.labels.get(node));
    points.push(loop);
    return loop;
  }

  private addLabel(node: LabeledStatement): void {
    const labels = this.labels.get(node) ?? { start: node.start, names: [] };
    labels.names.push(node.label.name);
    this.labels.set(node.body, labels);
  }

  /** The scope of a function's parameters and body. */
  private enter(node: FunctionNode, scope: Scope): Scope {
    if (!node.generator || node.body === null) return withoutOwner(scope);
    const bodyStart = afterDirectives(node.body.body) ?? node.body.start + 1;
    const draft = new Draft(this.names.of(node), node, bodyStart, scope);
    this.found.push(draft);
    return { owner: draft, around: draft, loop: null, inWith: scope.inWith };
  }

  /** Not by `forEachChild`, whose list of keys and callback would double the time that reading takes. */
  private pushChildren(node: Node, scope: Scope, except: Node | null = null): void {
    for (const key in node) {
      const child = (node as unknown as Record<string, unknown>)[key];
      if (typeof child !== 'object' || child === null || child === except) continue;
      if (Array.isArray(child)) for (const one of child) this.pushIfNode(one, scope);
      else this.pushIfNode(child, scope);
    }
  }

  /** Not all objects in a tree are nodes: the value of a template element and the parts of a regular expression are not. */
  private pushIfNode(value: unknown, scope: Scope): void {
    if (typeof (value as Node | null)?.type === 'string') this.push(value as Node, scope);
  }

  private push(node: Node, scope: Scope): void {
    this.nodes.push(node);
    this.scopes.push(scope);
  }
}

/** A direct `eval` sees the variables of all generators around it. Those around one that is noted are noted already. */
function noteEval(around: Draft | null): void {
  for (let draft = around; draft !== null && !draft.hasEval; draft = draft.outer) draft.hasEval = true;
}

function withoutOwner(scope: Scope): Scope {
  return scope.owner === null ? scope : { ...scope, owner: null, loop: null };
}

function byStart(a: { readonly start: number }, b: { readonly start: number }): number {
  return a.start - b.start;
}

/** A call of `eval` by that name: only such a direct call sees the variables around it. */
function isDirectEval({ callee, optional }: CallExpression): boolean {
  const name = unwrap(callee);
  return name.type === 'Identifier' && name.name === 'eval' && !optional;
}

function siteOf({ start, argument }: YieldExpression): Site {
  const operand = argument!;
  const callee = calleeOf(operand) ?? operand;
  return {
    kind: 'site',
    start,
    operandStart: operand.start,
    operandEnd: operand.end,
    calleeStart: callee.start,
    calleeEnd: callee.end,
  };
}

/** What an expression calls, if it is a call. */
function calleeOf(expression: Expression): Expression | null {
  const call = unwrap(expression);
  if (call.type === 'ChainExpression') return calleeOf(call.expression);
  return call.type === 'CallExpression' ? call.callee : null;
}

import type {
  CallExpression,
  Class,
  Expression,
  Node,
  ParamPattern,
  Program,
  ThisExpression,
  TSTypeParameterDeclaration,
  VariableDeclaration,
  YieldExpression,
} from 'oxc-parser';
import type { FunctionBody, FileFacts } from './file-facts.js';
import { isDoor } from './doors.js';
import { declareImports, gatherExports, type Exports } from './gather-exports.js';
import { bareParameter, declarePattern, partsOfPattern } from '../pattern.js';
import { LexicalScope, type Binding, type Declaration } from './lexical-scope.js';
import { resolveReferences, type Reference } from './references.js';
import { walk } from './walk.js';
import { forEachChild, isFunction, isMethod, requiredModule, unwrap, type FunctionNode } from '../syntax.js';

/** Walks a file once. Names are looked up at the end, since they may be used above their declaration. */
export function gatherFacts(file: string, program: Program): FileFacts {
  return new Gatherer(file, program);
}

/** What surrounds a node. */
interface Around {
  readonly scope: LexicalScope;
  /** The function that a `yield` or `return` here belongs to. */
  readonly body: { readonly yields: YieldExpression[]; readonly returns: Expression[]; returnsNothing: boolean } | null;
  /** The class whose instance `this` is. */
  readonly class: Class | null;
}

interface Visit {
  readonly node: Node;
  readonly around: Around;
}

class Gatherer implements FileFacts {
  readonly file: string;
  readonly program: Program;
  readonly scope: LexicalScope = new LexicalScope(null, true);
  readonly exports: Exports;
  usesHeddle: boolean;
  readonly bindings: Map<Node, Binding> = new Map();
  readonly classes: Map<ThisExpression, Class> = new Map();
  readonly callers: Map<FunctionNode, CallExpression> = new Map();
  readonly bodies: Map<FunctionNode, FunctionBody> = new Map();
  private readonly references: Reference[] = [];
  /** Has a node entered, after the one that is being entered. */
  private later: (visit: Visit) => void = () => {};

  constructor(file: string, program: Program) {
    this.file = file;
    this.program = program;
    this.exports = gatherExports(program);
    declareImports(program, this.scope);
    this.usesHeddle = program.body.some((one) => one.type === 'ImportDeclaration' && isDoor(one.source.value));
    const around: Around = { scope: this.scope, body: null, class: null };
    walk<Visit>(
      program.body.map((node) => ({ node, around })),
      (visit, later) => {
        this.later = later;
        this.enter(visit.node, visit.around);
      },
    );
    resolveReferences(this.references, this.bindings);
    for (const target of this.exports.named.values()) {
      const binding = target.kind === 'local' ? this.scope.find(target.name) : null;
      if (binding !== null) binding.reads++;
    }
  }

  private all(nodes: readonly (Node | null | undefined)[], around: Around): void {
    for (const node of nodes) if (node) this.visit(node, around);
  }

  private children(node: Node, around: Around): void {
    forEachChild(node, (child) => this.visit(child, around));
  }

  private visit(node: Node, around: Around): void {
    this.later({ node, around });
  }

  private enter(node: Node, around: Around): void {
    if (isFunction(node)) return this.function(node, around, null);
    switch (node.type) {
      case 'Identifier':
      case 'JSXIdentifier':
        this.references.push({ node, name: node.name, scope: around.scope, use: 'read' });
        return;
      case 'ThisExpression':
        if (around.class !== null) this.classes.set(node, around.class);
        return;
      case 'AssignmentExpression':
        this.target(node.left, around, node.operator !== '=');
        return this.visit(node.right, around);
      case 'UpdateExpression':
        return this.target(node.argument, around, true);
      case 'CallExpression':
        for (const argument of node.arguments) if (isFunction(argument)) this.callers.set(argument, node);
        this.usesHeddle ||= isDoor(requiredModule(node) ?? '');
        return this.children(node, around);
      case 'ImportExpression':
        this.usesHeddle ||= isDoor(requiredModule(node) ?? '');
        return this.children(node, around);
      case 'YieldExpression':
        around.body?.yields.push(node);
        return this.children(node, around);
      case 'ReturnStatement':
        if (node.argument !== null) around.body?.returns.push(node.argument);
        else if (around.body !== null) around.body.returnsNothing = true;
        return this.children(node, around);
      case 'VariableDeclaration':
        return this.variables(node, around);
      case 'CatchClause': {
        const within = inner(around);
        declarePattern(node.param, (name) => within.scope.declare(name, 'value', { kind: 'other' }));
        return this.all([...(node.param === null ? [] : partsOfPattern(node.param)), node.body], within);
      }
      case 'ForInStatement':
      case 'ForOfStatement': {
        const within = inner(around);
        this.target(node.left, within);
        return this.all([node.right, node.body], within);
      }
      case 'BlockStatement':
      case 'ForStatement':
      case 'SwitchStatement':
      case 'TSModuleBlock':
        return this.children(node, inner(around));
      case 'StaticBlock':
        return this.children(node, { scope: new LexicalScope(around.scope, true), body: null, class: null });
      case 'ClassDeclaration':
      case 'ClassExpression':
        return this.class(node, around);
      case 'ExportNamedDeclaration':
        return this.all([node.declaration], around);
      // Only some children of the following are references; the rest are names of members, labels and modules.
      case 'MemberExpression':
        return this.all([node.object, node.computed ? node.property : null], around);
      case 'Property':
        return this.all([node.computed ? node.key : null, node.value], around);
      case 'LabeledStatement':
        return this.visit(node.body, around);
      case 'TSQualifiedName':
        return this.visit(node.left, around);
      case 'ImportDeclaration':
      case 'ExportAllDeclaration':
      case 'BreakStatement':
      case 'ContinueStatement':
      case 'MetaProperty':
      case 'TSTypeParameterDeclaration':
      case 'TSImportType':
        return;
      default:
        return this.type(node, around);
    }
  }

  /** TypeScript's declarations and types; all other nodes need no special care. */
  private type(node: Node, around: Around): void {
    switch (node.type) {
      case 'TSInterfaceDeclaration': {
        around.scope.declare(node.id.name, 'type', { kind: 'interface', node });
        return this.all([...(node.extends ?? []), node.body], inner(around, node.typeParameters));
      }
      case 'TSTypeAliasDeclaration': {
        around.scope.declare(node.id.name, 'type', { kind: 'alias', node });
        return this.visit(node.typeAnnotation, inner(around, node.typeParameters));
      }
      case 'TSEnumDeclaration':
        around.scope.declare(node.id.name, 'both', { kind: 'other' });
        return this.all(
          node.body.members.map(({ initializer }) => initializer),
          around,
        );
      case 'TSPropertySignature':
        return this.all([node.typeAnnotation], around);
      case 'TSMethodSignature':
      case 'TSFunctionType':
      case 'TSConstructorType':
      case 'TSCallSignatureDeclaration':
      case 'TSConstructSignatureDeclaration': {
        const within = inner(around, node.typeParameters);
        this.parameters(node.params, within);
        return this.all([node.returnType], within);
      }
      default:
        return this.children(node, around);
    }
  }

  private function(node: FunctionNode, around: Around, instance: Class | null): void {
    const isArrow = node.type === 'ArrowFunctionExpression';
    const isExpression = node.type === 'FunctionExpression';
    const scope = new LexicalScope(inner(around, node.typeParameters).scope, true);
    if (node.id !== null)
      (isExpression ? scope : around.scope).declare(node.id.name, 'value', { kind: 'function', node });
    node.params.forEach((parameter, index) => {
      const pattern = bareParameter(parameter);
      if (pattern.type === 'RestElement')
        declarePattern(pattern.argument, (name) => scope.declare(name, 'value', { kind: 'other' }));
      else
        declarePattern(pattern, (name, place) =>
          scope.declare(name, 'value', { kind: 'parameter', of: node, index, place }),
        );
    });
    const owner = isArrow ? around.class : instance;
    // `yield` is not allowed in parameters, so they do not belong to the body.
    this.parameters(node.params, { scope, body: null, class: owner });
    const body = { yields: [], returns: [] as Expression[], returnsNothing: false };
    this.bodies.set(node, body);
    const within = { scope, body, class: owner };
    this.all([node.returnType], within);
    if (node.body?.type === 'BlockStatement') this.all(node.body.body, within);
    else if (node.body) {
      body.returns.push(node.body);
      this.visit(node.body, within);
    }
  }

  private parameters(parameters: readonly ParamPattern[], around: Around): void {
    for (const parameter of parameters) {
      this.all(parameter.decorators ?? [], around);
      this.all(partsOfPattern(bareParameter(parameter)), around);
    }
  }

  private variables(node: VariableDeclaration, around: Around): void {
    const scope = node.kind === 'var' ? around.scope.functionScope : around.scope;
    for (const { id, init } of node.declarations) {
      declarePattern(id, (name, place, one) => {
        const declaration: Declaration = { kind: 'variable', place, init };
        const binding = scope.declare(name, 'value', declaration);
        // `var` may declare a name again.
        if (binding.value !== declaration) binding.writes++;
        this.bindings.set(one, binding);
      });
      this.all(partsOfPattern(id), around);
      if (init !== null) this.visit(init, around);
    }
  }

  /** What is assigned to: a name, a member, or a pattern of them. `isRead`: its value is used too, as by `+=`. */
  private target(whole: Node, around: Around, isRead: boolean = false): void {
    const node = unwrap(whole as Expression) as Node;
    switch (node.type) {
      case 'Identifier': {
        const reference = { node, name: node.name, scope: around.scope };
        this.references.push({ ...reference, use: 'write' });
        if (isRead) this.references.push({ ...reference, use: 'read' });
        return;
      }
      case 'ArrayPattern':
      case 'ObjectPattern':
      case 'RestElement':
        return forEachChild(node, (child) => this.target(child, around));
      case 'AssignmentPattern':
        this.target(node.left, around);
        return this.visit(node.right, around);
      case 'Property':
        if (node.computed) this.visit(node.key, around);
        return this.target(node.value, around);
      default:
        return this.visit(node, around);
    }
  }

  private class(node: Class, around: Around): void {
    const declaration: Declaration = { kind: 'class', node };
    const { scope } = inner(around, node.typeParameters);
    if (node.id !== null)
      (node.type === 'ClassDeclaration' ? around.scope : scope).declare(node.id.name, 'both', declaration);
    this.all([...(node.decorators ?? []), node.superClass, ...(node.implements ?? [])], { ...around, scope });
    for (const element of node.body.body) {
      const isStatic = 'static' in element && element.static;
      const within: Around = { scope, body: null, class: isStatic ? null : node };
      if ('decorators' in element) this.all(element.decorators ?? [], around);
      if ('computed' in element && element.computed) this.visit(element.key, { ...around, scope });
      if (isMethod(element)) this.function(element.value, within, within.class);
      else if (element.type === 'StaticBlock') this.visit(element, within);
      else if (element.type !== 'TSIndexSignature') this.all([element.typeAnnotation, element.value], within);
    }
  }
}

function inner(around: Around, typeParameters?: TSTypeParameterDeclaration | null): Around {
  const scope = new LexicalScope(around.scope, false);
  for (const { name } of typeParameters?.params ?? []) scope.declare(name.name, 'type', { kind: 'type parameter' });
  return { ...around, scope };
}

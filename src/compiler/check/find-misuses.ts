import type { CallExpression, Expression, MemberExpression, NewExpression, Node, VariableDeclarator } from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import type { Edit, Finding, FindingKind } from './finding.js';
import { isData } from './function-shape.js';
import { messageOf } from './message.js';
import { isOperationShape, nothing, type Shapes } from './shape.js';
import { endOf, forEachChild, isFunction, startOf, unwrap, type FunctionNode } from '../syntax.js';

/** Finds the operations of a file that are made and never run, in the order of the source. */
export function findMisuses(facts: FileFacts, source: string, shapes: Shapes): Finding[] {
  const finder = new MisuseFinder(facts, source, shapes);
  finder.visit(facts.program, null);
  return finder.findings.sort((a, b) => a.start - b.start);
}

/** The function whose body an expression stands in; null at the top level and where `yield` cannot stand. */
type Surroundings = FunctionNode | null;

class MisuseFinder {
  readonly findings: Finding[] = [];
  /** Expressions that stand where `yield*` can stand without parentheses. */
  private readonly loose: Set<Expression> = new Set();
  private readonly facts: FileFacts;
  private readonly source: string;
  private readonly shapes: Shapes;

  constructor(facts: FileFacts, source: string, shapes: Shapes) {
    this.facts = facts;
    this.source = source;
    this.shapes = shapes;
  }

  visit(node: Node, around: Surroundings): void {
    if (isFunction(node)) {
      for (const parameter of node.params) this.visit(parameter, null);
      if (node.body) this.visit(node.body, node);
      return;
    }
    this.look(node, around);
    // What a class is made of runs in functions of its own, even where it has no braces.
    const within = node.type === 'ClassBody' ? null : around;
    forEachChild(node, (child) => this.visit(child, within));
  }

  /** Judges the expressions whose value this node drops, tests or hands out. */
  private look(node: Node, around: Surroundings): void {
    switch (node.type) {
      case 'ExpressionStatement':
        this.loose.add(node.expression);
        return this.judge(node.expression, 'dropped', around);
      case 'SequenceExpression':
        for (const one of node.expressions.slice(0, -1)) this.judge(one, 'dropped', around);
        return;
      case 'ForStatement':
        if (node.init !== null && node.init.type !== 'VariableDeclaration') this.judge(node.init, 'dropped', around);
        if (node.update !== null) this.judge(node.update, 'dropped', around);
        if (node.test !== null) this.judge(node.test, 'tested', around);
        return;
      case 'IfStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
        return this.judge(node.test, 'tested', around);
      case 'ConditionalExpression':
        return this.judge(node.test, 'tested', around, true);
      case 'LogicalExpression':
        return this.judge(node.left, 'tested', around, true);
      case 'UnaryExpression':
        if (node.operator === '!') this.judge(node.argument, 'tested', around, true);
        return;
      case 'VariableDeclarator':
        return this.lookAtVariable(node, around);
      case 'AssignmentExpression':
        this.loose.add(node.right);
        if (node.operator === '=' && this.isUnread(node.left)) this.judge(node.right, 'unused', around);
        return;
      case 'ParenthesizedExpression':
        return void this.loose.add(node.expression);
      case 'ReturnStatement':
        if (node.argument !== null) this.loose.add(node.argument);
        if (node.argument !== null && this.isFiber(around) && !this.returnsOperations(around))
          this.judge(node.argument, 'returned', around);
        return;
      case 'MemberExpression':
        return this.lookAtMember(node, around);
      case 'YieldExpression':
      case 'AwaitExpression':
        return this.lookAtWait(node, around);
    }
  }

  private lookAtVariable({ id, init }: VariableDeclarator, around: Surroundings): void {
    if (init === null) return;
    this.loose.add(init);
    if (this.isUnread(id)) this.judge(init, 'unused', around);
  }

  /** `listen(…).accept()`, and the same by a variable: there the `yield*` is missing elsewhere. */
  private lookAtMember({ object, property, computed }: MemberExpression, around: Surroundings): void {
    if (computed || property.type !== 'Identifier' || OF_GENERATORS.has(property.name)) return;
    const shape = this.shapes.ofExpression(object, this.facts);
    if (!isOperationShape(shape, this.facts.usesHeddle) || !shape.bare) return;
    const whole = unwrap(object);
    if (whole.type === 'Identifier') {
      // What has a declared type may have been narrowed since.
      const declaration = this.facts.bindings.get(whole)?.value;
      if (declaration?.kind === 'variable' && declaration.place.annotation === null)
        this.report('member', whole, around, null);
    } else this.judge(object, 'member', around, object.type !== 'ParenthesizedExpression');
  }

  private isUnread(target: Node): boolean {
    return target.type === 'Identifier' && this.facts.bindings.get(target)?.reads === 0;
  }

  /** `yield operation` and `await operation`: the word that is to be `yield*` is there already. */
  private lookAtWait(node: Extract<Node, { type: 'YieldExpression' | 'AwaitExpression' }>, around: Surroundings): void {
    const { argument } = node;
    if (argument === null || (node.type === 'YieldExpression' && node.delegate)) return;
    if (!isOperationShape(this.shapes.ofExpression(argument, this.facts), this.facts.usesHeddle)) return;
    const start = startOf(node);
    const isYield = node.type === 'YieldExpression';
    // `await` binds as tightly as `!` does.
    const tight = !isYield && !this.loose.has(node);
    const edits = [{ start, end: start + 'yield'.length, text: tight ? '(yield*' : 'yield*' }];
    if (tight) edits.push({ start: endOf(node), end: endOf(node), text: ')' });
    this.report(isYield ? 'yielded' : 'awaited', argument, around, this.isFiber(around) ? edits : null);
  }

  /**
   * Reports `expression` if it makes an operation, else the parts that its value may come from. `tight`: it is the
   * operand of something that binds more tightly than `yield*`.
   */
  private judge(expression: Expression, kind: FindingKind, around: Surroundings, tight: boolean = false): void {
    switch (expression.type) {
      case 'ParenthesizedExpression':
        return this.judge(expression.expression, kind, around);
      case 'TSAsExpression':
      case 'TSSatisfiesExpression':
      case 'TSNonNullExpression':
      case 'TSTypeAssertion':
        return this.judge(expression.expression, kind, around, true);
      case 'ConditionalExpression':
        this.judge(expression.consequent, kind, around);
        return this.judge(expression.alternate, kind, around);
      case 'LogicalExpression':
        return this.judge(expression.right, kind, around, true);
      case 'SequenceExpression':
        return this.judge(expression.expressions.at(-1)!, kind, around);
      case 'ChainExpression':
        // What may be undefined cannot be delegated to, so there is no fix.
        return this.judgeMade(expression.expression, kind, around, null);
      default:
        return this.judgeMade(expression, kind, around, tight);
    }
  }

  private judgeMade(expression: Expression, kind: FindingKind, around: Surroundings, tight: boolean | null): void {
    if (expression.type !== 'CallExpression' && expression.type !== 'NewExpression') return;
    const shape = this.shapes.ofExpression(expression, this.facts);
    if (isOperationShape(shape, this.facts.usesHeddle || kind === 'dropped' || kind === 'unused')) {
      const fixable = tight !== null && this.isFiber(around);
      return this.report(kind, expression, around, fixable ? run(expression, tight) : null);
    }
    if (kind !== 'dropped') return;
    if (shape?.kind === 'data') this.report('generator', expression, around, null);
    else if (shape === null) this.judgeCallback(expression, around);
  }

  /** `list.forEach((x) => operation)`: heddle's own `forEach` would be an operation, and not be dropped itself. */
  private judgeCallback(expression: CallExpression | NewExpression, around: Surroundings): void {
    const callee = unwrap(expression.callee);
    const [callback] = expression.arguments;
    if (callee.type !== 'MemberExpression' || callback === undefined || callback.type === 'SpreadElement') return;
    if (callee.property.type !== 'Identifier' || callee.property.name !== 'forEach' || callee.computed) return;
    const shape = this.shapes.ofExpression(callback, this.facts);
    const returned = shape?.kind === 'function' ? shape.call(nothing) : null;
    if (isOperationShape(returned, this.facts.usesHeddle)) this.report('callback', callback, around, null);
  }

  private isFiber(around: Surroundings): around is FunctionNode {
    return around !== null && around.generator && !around.async && !isData(around, this.facts, this.shapes);
  }

  /** Whether a function says by its type that its result is an operation. */
  private returnsOperations(node: FunctionNode): boolean {
    if (!node.returnType) return false;
    const declared = this.shapes.ofType(node.returnType.typeAnnotation, this.facts);
    return declared?.kind === 'operation' && isOperationShape(declared.result());
  }

  private report(kind: FindingKind, node: Expression, around: Surroundings, fix: readonly Edit[] | null): void {
    const inGenerator = around !== null && around.generator && !around.async;
    const message = messageOf(
      kind,
      node,
      this.source,
      inGenerator ? 'generator' : around === null ? 'top' : 'function',
    );
    this.findings.push({ kind, message, start: startOf(node), end: endOf(node), fix });
  }
}

/** What generators can do, and with iterator helpers all iterators. */
const OF_GENERATORS: ReadonlySet<string> = new Set(
  'drop every filter find flatMap forEach map next reduce return some take throw toArray'.split(' '),
);

function run(expression: Expression, tight: boolean): Edit[] {
  const at = (position: number, text: string): Edit => ({ start: position, end: position, text });
  if (!tight) return [at(startOf(expression), 'yield* ')];
  return [at(startOf(expression), '(yield* '), at(endOf(expression), ')')];
}

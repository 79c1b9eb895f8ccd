import type { CallExpression, Expression, MemberExpression, NewExpression, Node } from 'oxc-parser';
import type { FileFacts } from './file-facts.js';
import type { Edit, Finding, FindingKind } from './finding.js';
import { isData, isDeclaredData } from './function-shape.js';
import { messageOf } from './message.js';
import { isOperationShape, nothing, type Shapes } from './shape.js';
import { statementsToPart } from './statements-to-part.js';
import { walk } from './walk.js';
import { endOf, forEachChild, isFunction, propertyName, startOf, unwrap, type FunctionNode } from '../syntax.js';

/** Finds the operations of a file that are made and never run, in source order. */
export function findMisuses(facts: FileFacts, source: string, shapes: Shapes): Finding[] {
  const finder = new MisuseFinder(facts, source, shapes);
  walk<Visit>([{ node: facts.program, around: null }], (visit, later) => finder.enter(visit, later));
  return finder.findings.sort((a, b) => a.start - b.start);
}

/** The function whose body an expression stands in; null at the top level and wherever `yield` is not allowed. */
type Surroundings = FunctionNode | null;

interface Visit {
  readonly node: Node;
  readonly around: Surroundings;
}

class MisuseFinder {
  readonly findings: Finding[] = [];
  /** Templates whose values a tag is given. */
  private readonly tagged: Set<Node> = new Set();
  /** Expressions in positions where `yield*` needs no parentheses. */
  private readonly loose: Set<Expression> = new Set();
  /** Starts of statements that must not begin with a parenthesis, since the one before has no semicolon. */
  private readonly open: Set<number> = new Set();
  private readonly facts: FileFacts;
  private readonly source: string;
  private readonly shapes: Shapes;

  constructor(facts: FileFacts, source: string, shapes: Shapes) {
    this.facts = facts;
    this.source = source;
    this.shapes = shapes;
  }

  enter({ node, around }: Visit, later: (visit: Visit) => void): void {
    if (isFunction(node)) {
      for (const parameter of node.params) later({ node: parameter, around: null });
      if (node.body) later({ node: node.body, around: node });
      return;
    }
    this.look(node, around);
    // Everything in a class body runs in a function of its own, even a field's initialiser.
    const within = node.type === 'ClassBody' ? null : around;
    forEachChild(node, (child) => later({ node: child, around: within }));
  }

  /** Judges the expressions whose value this node drops, tests, iterates, returns or turns into text. */
  private look(node: Node, around: Surroundings): void {
    for (const start of statementsToPart(node, this.source)) this.open.add(start);
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
        return node.init === null ? undefined : this.lookAtTarget(node.id, node.init, around);
      case 'AssignmentExpression':
        if (node.operator === '=') return this.lookAtTarget(node.left, node.right, around);
        return void this.loose.add(node.right);
      case 'ForOfStatement':
        this.loose.add(node.right);
        return this.judge(node.right, 'iterated', around);
      case 'SpreadElement':
        this.loose.add(node.argument);
        return this.judge(node.argument, 'iterated', around);
      case 'TaggedTemplateExpression':
        return void this.tagged.add(node.quasi);
      case 'TemplateLiteral':
        for (const one of node.expressions) {
          this.loose.add(one);
          if (!this.tagged.has(node)) this.judge(one, 'text', around);
        }
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

  /** Judges a value by what it is assigned to: a name, or a pattern that takes it apart. */
  private lookAtTarget(target: Node, value: Expression, around: Surroundings): void {
    this.loose.add(value);
    if (this.isUnread(target)) this.judge(value, 'unused', around);
    if (target.type === 'ArrayPattern') this.judge(value, 'iterated', around);
    const asksForMember =
      target.type === 'ObjectPattern' &&
      target.properties.some((one) => {
        const name = one.type === 'Property' ? propertyName(one.key, one.computed) : null;
        return name !== null && !OF_GENERATORS.has(name);
      });
    if (asksForMember) this.judge(value, 'member', around);
  }

  /** `listen(…).accept()`; also through a variable, where the `yield*` is missing in its declaration. */
  private lookAtMember({ object, property, computed }: MemberExpression, around: Surroundings): void {
    if (computed || property.type !== 'Identifier' || OF_GENERATORS.has(property.name)) return;
    const whole = unwrap(object);
    if (whole.type === 'Identifier') {
      const shape = this.shapes.ofExpression(object, this.facts);
      if (!isOperationShape(shape, this.facts.usesHeddle) || !shape.bare) return;
      // A variable with a declared type may have been narrowed since.
      const declaration = this.facts.bindings.get(whole)?.value;
      if (declaration?.kind === 'variable' && declaration.place.annotation === null)
        this.report('member', whole, around, null);
    } else this.judge(object, 'member', around, object.type !== 'ParenthesizedExpression');
  }

  private isUnread(target: Node): boolean {
    return target.type === 'Identifier' && this.facts.bindings.get(target)?.reads === 0;
  }

  /** `yield operation` and `await operation`: the fix replaces the keyword with `yield*`. */
  private lookAtWait(node: Extract<Node, { type: 'YieldExpression' | 'AwaitExpression' }>, around: Surroundings): void {
    const { argument } = node;
    if (argument === null || (node.type === 'YieldExpression' && node.delegate)) return;
    const isYield = node.type === 'YieldExpression';
    if (isYield && around !== null && isDeclaredData(around, this.facts)) return;
    const shape = this.shapes.ofExpression(argument, this.facts);
    if (!isOperationShape(shape, this.facts.usesHeddle)) return;
    const start = startOf(node);
    // `await` binds as tightly as `!` does.
    const tight = !isYield && !this.loose.has(node);
    const edits = [{ start, end: start + 'yield'.length, text: tight ? '(yield*' : 'yield*' }];
    if (tight) edits.push({ start: endOf(node), end: endOf(node), text: ')' });
    const fixable = !shape.maybe && this.isFiber(around);
    this.report(isYield ? 'yielded' : 'awaited', argument, around, fixable ? edits : null);
  }

  /**
   * Reports `expression` if it makes an operation, otherwise the parts that its value may come from. `tight`: it is the
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
        return this.judge(expression.expression, kind, around, tight);
      default:
        return this.judgeMade(expression, kind, around, tight);
    }
  }

  private judgeMade(expression: Expression, kind: FindingKind, around: Surroundings, tight: boolean): void {
    if (expression.type !== 'CallExpression' && expression.type !== 'NewExpression') return;
    const shape = this.shapes.ofExpression(expression, this.facts);
    if (isOperationShape(shape, this.facts.usesHeddle || kind === 'dropped' || kind === 'unused')) {
      // `yield*` throws for a value that is missing, so there is no fix.
      const isMaybe = shape.maybe || hasOptionalPart(expression);
      if (kind === 'tested' && isMaybe) return;
      if ((kind === 'member' && !shape.bare) || (kind === 'iterated' && shape.iterable)) return;
      return this.report(kind, expression, around, !isMaybe && this.isFiber(around) ? run(expression, tight) : null);
    }
    if (kind !== 'dropped') return;
    // Only where heddle is used: other libraries (MobX) wrap generators, so that a call does run them.
    if (shape?.kind === 'data' && this.facts.usesHeddle) this.report('generator', expression, around, null);
    else if (shape === null) this.judgeCallback(expression, around);
  }

  /**
   * `list.forEach((x) => operation)`; a `forEach` of heddle's own makes an operation, and is reported as dropped instead.
   */
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

  /** Whether a generator function declares that its result is itself an operation. */
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
    const parted = fix?.map((edit) =>
      edit.text.startsWith('(') && this.open.has(edit.start) ? { ...edit, text: `;${edit.text}` } : edit,
    );
    this.findings.push({ kind, message, start: startOf(node), end: endOf(node), fix: parted ?? null });
  }
}

/** The members of generators, iterator helpers included. */
const OF_GENERATORS: ReadonlySet<string> = new Set(
  'drop every filter find flatMap forEach map next reduce return some take throw toArray'.split(' '),
);

/** Whether a chain of calls and members has a `?.`: `hooks.before?.(1)`. */
function hasOptionalPart(expression: Expression): boolean {
  for (let part = expression; ;) {
    if (part.type !== 'CallExpression' && part.type !== 'MemberExpression') return false;
    if (part.optional) return true;
    part = part.type === 'CallExpression' ? part.callee : part.object;
  }
}

function run(expression: Expression, tight: boolean): Edit[] {
  const at = (position: number, text: string): Edit => ({ start: position, end: position, text });
  if (!tight) return [at(startOf(expression), 'yield* ')];
  return [at(startOf(expression), '(yield* '), at(endOf(expression), ')')];
}

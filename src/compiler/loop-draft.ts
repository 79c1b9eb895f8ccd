import type { AssignmentExpression, Expression, ForOfStatement, Node } from 'oxc-parser';
import type { Item, Loop, Range } from './generator-function.js';
import { unwrap } from './syntax.js';

/** A loop statement. */
export type LoopNode = Extract<Node, { type: keyof typeof KEYWORDS }>;

/** The labels of a statement. */
export interface Labels {
  /** Where the first begins. */
  readonly start: number;
  readonly names: string[];
}

/** A loop whose body is being read. */
export class LoopDraft implements Loop {
  readonly kind = 'loop';
  readonly start: number;
  readonly statementStart: number;
  readonly keyword: Loop['keyword'];
  readonly once: Range | null;
  item: Item | null;
  readonly test: Range | null;
  readonly bodyStart: number;
  readonly bodyEnd: number;
  readonly isBlock: boolean;
  readonly computed: Set<string> = new Set();
  isTight: boolean;
  isEndless: boolean;
  /** Whether each iteration has variables of its own, copied from those of the previous one. */
  private readonly copies: boolean;
  private readonly labels: readonly string[];

  constructor(node: LoopNode, labels: Labels | undefined) {
    const { type, start, body } = node;
    this.start = start;
    this.statementStart = labels?.start ?? start;
    this.labels = labels?.names ?? [];
    this.keyword = KEYWORDS[type];
    this.once = type === 'ForOfStatement' ? node.right : type === 'ForStatement' ? node.init : null;
    this.item = type === 'ForOfStatement' ? itemOf(node.left) : null;
    const test = type === 'ForStatement' || type === 'WhileStatement' ? node.test : null;
    this.test = test;
    this.bodyStart = body.start;
    this.bodyEnd = body.end;
    this.isBlock = body.type === 'BlockStatement';
    this.isTight = type !== 'DoWhileStatement' && type !== 'ForInStatement';
    this.isEndless = (type === 'ForStatement' && test === null) || (test?.type === 'Literal' && test.value === true);
    this.copies = type === 'ForStatement' && node.init?.type === 'VariableDeclaration' && node.init.kind === 'let';
  }

  /** Called for each node in the loop, but not for what is in a nested loop or function. */
  note(node: Node): void {
    switch (node.type) {
      case 'ForStatement':
      case 'WhileStatement':
      case 'DoWhileStatement':
      case 'ForOfStatement':
      case 'ForInStatement':
        this.isTight = false;
        return;
      case 'YieldExpression':
        if (this.once === null || node.start < this.once.start || node.start >= this.once.end) this.isTight = false;
        return;
      case 'FunctionDeclaration':
      case 'FunctionExpression':
      case 'ArrowFunctionExpression':
      case 'ClassBody':
        if (this.copies) this.isTight = false;
        return;
      case 'BreakStatement':
        this.isEndless = false;
        return;
      case 'ContinueStatement':
        if (!this.labels.includes(node.label?.name ?? '')) return;
        // The label would belong to the loop that is put around this one. In a `for…of` that loop goes around the label
        // too, so only the form that needs `item` is ruled out.
        this.item = null;
        if (this.keyword !== 'for of') this.isTight = false;
        return;
      case 'UpdateExpression':
        return this.computes(node.argument);
      case 'AssignmentExpression':
        if (isArithmetic(node)) this.computes(node.left);
    }
  }

  private computes(target: Node): void {
    if (target.type === 'Identifier') this.computed.add(target.name);
  }
}

const KEYWORDS = {
  ForStatement: 'for',
  WhileStatement: 'while',
  DoWhileStatement: 'do',
  ForOfStatement: 'for of',
  ForInStatement: 'for in',
} as const;

function itemOf(left: ForOfStatement['left']): Item | null {
  if (left.type !== 'VariableDeclaration' || (left.kind !== 'const' && left.kind !== 'let')) return null;
  const { id } = left.declarations[0]!;
  return id.type === 'Identifier' ? { kind: left.kind, name: id.name } : null;
}

/** Whether it is likely to assign a number. */
function isArithmetic({ operator, right }: AssignmentExpression): boolean {
  const value = unwrap(right);
  if (operator !== '=') return ARITHMETIC.test(operator) && !isText(value);
  switch (value.type) {
    case 'BinaryExpression':
      return ARITHMETIC.test(value.operator) && !isText(value.left as Expression) && !isText(value.right);
    case 'UnaryExpression':
      return /[-+~]/.test(value.operator);
    case 'UpdateExpression':
      return true;
    case 'CallExpression':
      return value.callee.type === 'MemberExpression' && isMath(value.callee.object);
    default:
      return false;
  }
}

/** Binary operators, also in assignments (`+=`). */
const ARITHMETIC = /^(?:[-+%^]|\*\*?|\/|&|\||<<|>>>?)=?$/;

function isMath(object: Expression): boolean {
  return object.type === 'Identifier' && object.name === 'Math';
}

function isText(value: Expression): boolean {
  return value.type === 'TemplateLiteral' || (value.type === 'Literal' && typeof value.value === 'string');
}

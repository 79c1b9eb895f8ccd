import type { Expression, FunctionTree, ProgramTree } from './random-program.js';

export interface RenderOptions {
  /** The first function, and what it calls, is run as a fiber; else all are driven as data. */
  readonly fiber: boolean;
  /** There may be deadlines. */
  readonly cancels: boolean;
  /** Each operation holds something, and gives it back in a shield: `exports.held` says how often for each. */
  readonly holds?: boolean;
}

/** What there is at a place of the text. */
export interface Place {
  readonly role: Role;
  /** A `yield` is possible: not so in arrow functions. */
  readonly yields: boolean;
  readonly variables: readonly string[];
  /** Labels of the loops around it. */
  readonly loops: readonly string[];
  /** Labels of those and of the blocks around it. */
  readonly labels: readonly string[];
  /** It is in a method, so that `super` is possible. */
  readonly inMethod: boolean;
  /** It may be in a field of a class, where there are no `arguments`. */
  readonly inField: boolean;
}

/** Driven as a fiber, iterated, or iterated with bare yields. */
export type Role = 'operation' | 'data' | 'bare';

const GLOBALS = ['g', 'h'];
const STYLES = [
  'yield* ',
  'yield*',
  'yield * ',
  'yield/**/* ',
  'yield* /* ) */ ',
  'yield*\n',
  'yield* // c\n',
  'yield *',
];

/** Renders the expressions of a program; a subclass the functions that are in them. */
export abstract class ExpressionRenderer {
  protected readonly tree: ProgramTree;
  protected readonly options: RenderOptions;
  protected readonly roles: readonly Role[];
  protected readonly end: string;
  private names = 0;

  constructor(tree: ProgramTree, options: RenderOptions) {
    this.tree = tree;
    this.options = options;
    this.roles = tree.functions.map((f, i) => {
      if (options.fiber && i === 0) return 'operation';
      if (f.yieldsBare) return 'bare';
      return options.fiber && f.parameters % 3 > 0 ? 'operation' : 'data';
    });
    this.end = tree.bare ? '\n' : ';\n';
  }

  /** Parameters and body of a function; `outer` are the variables around it. */
  protected abstract rest(f: FunctionTree, role: Role, inMethod: boolean, outer?: readonly string[]): string;

  /** The call of function `i`. */
  protected call(i: number, values: string): string {
    return `${this.callee(i)}(${values})`;
  }

  protected callee(i: number): string {
    return this.tree.functions[i]!.form < 4 ? `f${i}` : `o${i}.f`;
  }

  /** An expression; in parentheses unless it stands where any assignment may. */
  protected expression(e: Expression, place: Place, operand = true): string {
    const text = this.unwrapped(e, place);
    return operand && !/^\w+$/.test(text) ? `(${text})` : text;
  }

  private unwrapped(e: Expression, place: Place): string {
    switch (e.kind) {
      case 'number':
        return String(e.value);
      case 'variable':
        return this.variable(e.which, place);
      case 'trace':
        return `t(${this.id()}, ${this.expression(e.value, place, false)})`;
      case 'binary': {
        const operator = ['+', '-', '*', '%', '<', '===', '&&', '||', '??', ','][e.operator]!;
        const text = `${this.expression(e.left, place)} ${operator} ${this.expression(e.right, place)}`;
        return operator === ',' ? `(${text})` : text;
      }
      case 'assign': {
        const operator = ['=', '+=', '-=', '||=', '??=', '&&=', '*='][e.operator % 7]!;
        const variable = ['a', 'b', ...GLOBALS][e.which % 4]!;
        return `${variable} ${operator} ${this.expression(e.value, place, false)}`;
      }
      case 'choose': {
        const [then, otherwise] = [e.then, e.otherwise].map((x) => this.expression(x, place, false));
        return `${this.expression(e.test, place)} ? ${then} : ${otherwise}`;
      }
      case 'arrow': {
        const inner = this.expression(e.other, { ...place, yields: false });
        return `((x, y = 2) => { for (const z of [x, ${inner}]) if (z) return z; return y })(${this.expression(e.value, place, false)})`;
      }
      case 'template':
        return `\`\${${this.expression(e.value, place, false)}}-\${${this.expression(e.other, place, false)}}\`.length`;
      case 'object':
        return `({ [${this.expression(e.value, place, false)}]: 1, k: ${this.expression(e.other, place, false)} }).k`;
      case 'list':
        return `[${this.expression(e.value, place, false)}, ${this.expression(e.other, place, false)}][0]`;
      case 'rare':
        return this.rare(e, place);
      case 'give':
        return this.give(e, place);
      case 'delegate':
        return this.delegate(e, place);
      case 'nested':
        return this.nested(e, place);
      case 'consume':
        return this.consume(e.how, this.dataCall(e.callee, this.expression(e.value, place, false)));
    }
  }

  private rare(e: Extract<Expression, { kind: 'rare' }>, place: Place): string {
    const v = this.expression(e.value, place, false);
    const o = this.expression(e.other, place, false);
    // What stands in a function or a field of its own.
    const inner = this.expression(e.other, { ...place, yields: false, inMethod: false, inField: true }, false);
    const n = this.id();
    const all = [
      `tag\`a${'${'}${v}}b${'${'}${o}}\``,
      `(t(${n}, ${v}) % 2 ? { m: (x) => t(${n}, x) } : null)?.m(${o})`,
      `(t(${n}, ${v}) % 2 ? { m: null } : { m: (x) => x })?.m?.(${o})`,
      `({ get k() { return t(${n}, ${inner}) } }).k + (${v})`,
      `(class { static [t(${n}, ${v})] = ${inner}${this.end} static k = ${inner} }).k`,
      `new (class { x = ${inner}${this.end} constructor(y) { this.z = [new.target === undefined, y] } })(${v}).z.length`,
      `(traps[t(${n}, ${v})] = ${o})`,
      `(traps.k ??= ${v}, ${o})`,
      `typeof ${this.expression(e.value, place)} + void ${this.expression(e.other, place)}`,
      place.inMethod ? `super.s(${v}, ${o})` : `base.s(${v}, ${o})`,
      place.inMethod ? `super[t(${n}, 's')]?.(${v})` : `base[t(${n}, 's')]?.(${v})`,
      `Math.max(...[${v}], ...[${o}, ${n}])`,
      `[...[${v}, ${o}]].length`,
      `({ ...{ a: ${v} }, b: ${o} }).a`,
      `(({ p = ${inner} } = {}) => p)((${v}) || undefined)`,
      place.inField ? v : `(() => arguments.length)() + (${v})`,
      `(function () { return new.target === undefined ? ${inner} : 0 })()`,
    ];
    return `(${all[e.which % all.length]!})`;
  }

  private give(e: Extract<Expression, { kind: 'give' }>, place: Place): string {
    const v = this.expression(e.value, place, false);
    if (!place.yields) return `t(${this.id()}, ${v})`;
    if (place.role === 'bare') return `yield ${v}`;
    const lists = [`[${v}]`, `[${v}, 1]`, `lib.map([${v}], (x) => x)`, `new Set([${v}])`, `dual([[${v}], [2]])`];
    const waits = [
      'lib.yieldNow()',
      `lib.sleep(lib.ms(${v}))`,
      `lib.fail(${v})`,
      `lib.until(Promise.resolve(${v}))`,
      `lib.relay(lib.sleep(lib.ms(${v})))`,
      `lib.shield(lib.sleep(1))`,
      `dual([lib.sleep(lib.ms(${v})), lib.yieldNow()])`,
      `lib.instant(${v})`,
      ...(this.options.cancels
        ? [`lib.moveOnAfter(1, lib.sleep(lib.ms(${v})))`, 'lib.withTimeout(1, lib.sleep(2))']
        : []),
    ];
    const all = place.role === 'operation' ? waits : lists;
    return `${this.star(e.style)}${all[e.how % all.length]}`;
  }

  private delegate(e: Extract<Expression, { kind: 'delegate' }>, place: Place): string {
    const v = this.expression(e.value, place, false);
    if (!place.yields) return this.consume(e.how, this.dataCall(e.callee, v));
    const operation = place.role === 'operation';
    const callees = this.indices((role) => (role === 'operation') === operation);
    if (callees.length === 0) return `t(${this.id()}, ${v})`;
    const i = callees[e.callee % callees.length]!;
    const call = this.call(i, v);
    const all = [
      call,
      call,
      `(${call})`,
      `(0, ${this.callee(i)})(${v})`,
      `(t(${this.id()}, a), ${call})`,
      `(a % 2 ? ${call} : ${operation ? 'lib.yieldNow()' : '[a]'})`,
      `lib.relay(${call})`,
      `traced(${call})`,
      `dual([${call}, ${operation ? 'lib.sleep(1)' : '[b]'}])`,
      ...(operation
        ? [`lib.call(${this.callee(i)}, ${v})`, `lib.all([${call}, lib.sleep(2)])`]
        : [`lib.peek(${call})`]),
      ...(operation && this.options.cancels ? [`lib.moveOnAfter(2, ${call})`] : []),
    ];
    return `${this.star(e.style)}${all[(e.how + e.style) % all.length]}`;
  }

  private nested(e: Extract<Expression, { kind: 'nested' }>, place: Place): string {
    const role = place.yields && place.role === 'operation' ? 'operation' : e.f.yieldsBare ? 'bare' : 'data';
    const f = `(function*${this.rest(e.f, role, false, place.variables)})(${this.expression(e.value, place, false)})`;
    return place.yields ? `${this.star(e.style)}${f}` : this.consume(e.style, f);
  }

  private consume(how: number, source: string): string {
    const all = [
      `[...${source}].length`,
      `Array.from(${source}, (x) => x)[0]`,
      `(([x = 1, y = 2]) => x + y)(${source})`,
      `${source}.next().value`,
      `[...lib.take(2, ${source})].length`,
      `lib.drain(${source}).returned`,
      `lib.count(lib.peek(${source}))`,
      `new Set(${source}).size`,
      `lib.count(dual([${source}, [1]]))`,
      `lib.count(lib.relay(${source}))`,
    ];
    return all[how % all.length]!;
  }

  /** The call of a function that is data. */
  protected dataCall(callee: number, v: string): string {
    const callees = this.indices((role) => role !== 'operation');
    return callees.length === 0 ? `dual([[${v}], [1]])` : this.call(callees[callee % callees.length]!, v);
  }

  private indices(matches: (role: Role) => boolean): number[] {
    return this.roles.flatMap((role, i) => (matches(role) ? [i] : []));
  }

  private variable(which: number, place: Place): string {
    const all = [...place.variables, ...GLOBALS];
    return all[which % all.length]!;
  }

  private star(style: number): string {
    return STYLES[style % STYLES.length]!;
  }

  protected id(): number {
    return ++this.names;
  }
}

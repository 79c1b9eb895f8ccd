import type { Expression, FunctionTree, ProgramTree, Statement } from './random-program.js';

export interface RenderOptions {
  /** The first function, and what it calls, is run as a fiber; else all are driven as data. */
  readonly fiber: boolean;
  /** There may be deadlines. */
  readonly cancels: boolean;
}

/**
 * The text of a program as a CommonJS module: `exports.make` starts it, `exports.kept` has the closures that it left.
 * Around it `t` traces a value and returns it, `te` traces an error, and `lib` is code that is not compiled. Each
 * iteration and each call burns fuel, so that it ends.
 */
export function renderProgram(tree: ProgramTree, options: RenderOptions): string {
  return new Renderer(tree, options).program();
}

/** What there is at a place of the text. */
interface Place {
  readonly role: Role;
  /** A `yield` is possible: not so in arrow functions. */
  readonly yields: boolean;
  readonly variables: readonly string[];
  /** Labels of the loops around it. */
  readonly loops: readonly string[];
}

/** Driven as a fiber, iterated, or iterated with bare yields. */
type Role = 'operation' | 'data' | 'bare';

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

class Renderer {
  private readonly tree: ProgramTree;
  private readonly options: RenderOptions;
  private readonly roles: readonly Role[];
  private readonly end: string;
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

  program(): string {
    const functions = this.tree.functions.map((f, i) => this.declaration(f, i));
    return [
      'let fuel = 100, g = 1, h = 2',
      'const kept = []',
      'function* dual(parts) { for (const part of parts) { if (--fuel < 0) return 0; yield* part } return parts.length }',
      'function* traced(it) { return t(0, yield* it) }',
      ...functions,
      `exports.make = () => ${this.call(0, '1, 2')}`,
      'exports.kept = kept',
      '',
    ].join(this.tree.bare ? '\n' : ';\n');
  }

  private declaration(f: FunctionTree, i: number): string {
    const rest = this.rest(f, this.roles[i]!);
    const forms = [
      `function* f${i}${rest}`,
      `function *f${i}${rest}`,
      `const f${i} = function*${rest}`,
      `const f${i} = function* own${rest}`,
      `const o${i} = { *f${rest}, g() {} }`,
      `const o${i} = { f: function*${rest} }`,
      `class o${i} { static *f${rest}; g() {} }`,
      `class o${i} { static *#f${rest}; static f(...all) { return o${i}.#f(...all) } }`,
    ];
    return forms[f.form % forms.length]!;
  }

  /** The call of function `i`. */
  private call(i: number, values: string): string {
    return `${this.callee(i)}(${values})`;
  }

  private callee(i: number): string {
    return this.tree.functions[i]!.form % 8 < 4 ? `f${i}` : `o${i}.f`;
  }

  /** Parameters and body. */
  private rest(f: FunctionTree, role: Role, outer: readonly string[] = []): string {
    const place: Place = { role, yields: true, variables: [...outer, 'p', 'q', 'a', 'b'], loops: [] };
    const simple = f.parameters % 4 < 2;
    const parameters = ['(p, q)', '(p = 1, q = 2)', '({ p = 3, q = p } = {}, ...rest)', '(p, q = () => p)'];
    const isStrict = `t(${this.id()}, (function () { return this === undefined })())${this.end}`;
    const directive = f.directive && f.parameters % 4 === 0 ? `'use strict'${this.end}${isStrict}` : '';
    const start = `if (--fuel < 0) return 0${this.end}let a = ${simple ? 'p' : 5}, b = 1${this.end}`;
    return `${parameters[f.parameters % 4]} {${directive} ${start}${this.statements(f.body, place)}}`;
  }

  private statements(list: readonly Statement[], place: Place): string {
    return list.map((s) => this.statement(s, place)).join('');
  }

  private statement(s: Statement, place: Place): string {
    switch (s.kind) {
      case 'expression':
        return this.guarded(this.expression(s.value, place, false));
      case 'declare':
        return this.declare(s, place);
      case 'if': {
        const otherwise = s.otherwise === null ? '' : ` else ${this.body(s.otherwise, place, false)}`;
        return `if (${this.expression(s.test, place)} % 2) ${this.body(s.then, place, s.otherwise !== null)}${otherwise}\n`;
      }
      case 'loop':
        return this.loop(s, place);
      case 'try': {
        const handler = s.handler === null ? '' : ` catch (e) { te(e)${this.end}${this.statements(s.handler, place)}}`;
        const finalizer = s.finalizer === null && s.handler !== null ? '' : this.statements(s.finalizer ?? [], place);
        return `try {${this.statements(s.body, place)}}${handler}${finalizer === '' && handler !== '' ? '' : ` finally {${finalizer}}`}\n`;
      }
      case 'switch': {
        const cases = s.cases.map((c, i) => `case ${i}: {${this.statement(c, place)}}\n`).join('');
        return `switch (${this.expression(s.value, place)} % 3) {${cases}default: {}}\n`;
      }
      case 'block':
        return `{${this.statements(s.body, place)}}\n`;
      case 'jump': {
        if (place.loops.length === 0) return `t(${this.id()}, 0)${this.end}`;
        const label = s.how % 4 < 2 ? '' : ` ${place.loops[s.target % place.loops.length]}`;
        return `${this.guard(s.guard, place)}${s.how % 2 === 0 ? 'continue' : 'break'}${label}${this.end}`;
      }
      case 'return':
        return `${this.guard(s.guard, place)}return ${this.expression(s.value, place)}${this.end}`;
      case 'throw':
        return `${this.guard(s.guard, place)}throw ${this.expression(s.value, place)}${this.end}`;
      case 'closure': {
        const inner = this.expression(s.value, { ...place, yields: false });
        return `kept.push(() => ${inner})${this.end}`;
      }
    }
  }

  /** A statement that stands alone may begin with what would continue the line before. */
  private guarded(text: string): string {
    return `${this.tree.bare && /^[[(`+\-/]/.test(text) ? ';' : ''}${text}${this.end}`;
  }

  private guard(guard: number, place: Place): string {
    const variable = place.variables[guard % place.variables.length];
    return guard === 9 ? '' : `if (t(${this.id()}, ${variable}) % 3 === ${guard % 3}) `;
  }

  /** The body of an `if` or a loop: with braces where it needs them. */
  private body(s: Statement, place: Place, braces: boolean): string {
    const text = this.statement(s, place);
    return braces || s.kind === 'declare' || text.startsWith(';') ? `{${text}}` : text;
  }

  private declare(s: Extract<Statement, { kind: 'declare' }>, place: Place): string {
    const n = this.id();
    const v = this.expression(s.value, place);
    const o = this.expression(s.other, place);
    const source = this.dataCall(s.pattern, v);
    const patterns = [
      `const c${n} = ${v}, d${n} = ${o}`,
      `let [c${n} = ${o}, ...d${n}] = [${v}]`,
      `const { x: c${n} = ${o}, ...d${n} } = { y: ${v} }`,
      `var { [${v}]: c${n} = ${o} } = {}, d${n}`,
      `const [c${n} = ${o}, d${n}] = ${source}`,
    ];
    const reassign = this.guarded(s.pattern % 2 === 0 ? `[a, b = ${o}] = [${v}]` : `({ a = ${o}, b } = { b: ${v} })`);
    const which = s.pattern % (patterns.length + 1);
    return which === patterns.length
      ? reassign
      : `${patterns[which]}${this.end}t(${this.id()}, [c${n}, d${n}])${this.end}`;
  }

  private loop(s: Extract<Statement, { kind: 'loop' }>, place: Place): string {
    const n = this.id();
    const bound = this.expression(s.bound, place);
    const inside: Place = { ...place, variables: [...place.variables, `x${n}`], loops: [...place.loops, `L${n}`] };
    const body = this.body(s.body, inside, s.braces);
    const more = `--fuel > 0`;
    const count = `{ let x${n} = 0${this.end}L${n}: `;
    const heads = [
      `L${n}: for (let x${n} = 0; x${n} < 3 && ${more}; x${n}++) ${body}`,
      `L${n}: for (let x${n} = ${bound}, y = 0; y < 3 && ${more}; y += 1, x${n} += 1) ${body}`,
      `${count}while (x${n}++ < ${bound} % 4 && ${more}) ${body} }`,
      `${count}do ${body}${s.braces ? '' : '\n'}while (x${n}++ < ${bound} % 3 && ${more})${this.end} }`,
      `L${n}: for (const x${n} of [${bound}, 2, 3]) ${body}`,
      `L${n}: for (const x${n} of ${this.dataCall(s.head, bound)}) ${body}`,
      `L${n}: for (const x${n} in { a: ${bound}, b: 2 }) ${body}`,
      `${count}for (;;) { if (x${n}++ > ${bound} % 3 || --fuel < 0) break${this.end}${body} } }`,
      `L${n}: for (const [x${n} = ${bound}, y] of [[1], []]) ${body}`,
      `L${n}: for (var x${n} of lib.take(3, ${this.dataCall(s.head + 1, bound)})) ${body}`,
    ];
    return `${heads[s.head % heads.length]}\n`;
  }

  /** An expression; in parentheses unless it stands where any assignment may. */
  private expression(e: Expression, place: Place, operand = true): string {
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
    const f = `(function*${this.rest(e.f, role, place.variables)})(${this.expression(e.value, place, false)})`;
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
  private dataCall(callee: number, v: string): string {
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

  private id(): number {
    return ++this.names;
  }
}

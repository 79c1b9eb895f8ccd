import type { FunctionTree, ProgramTree, Statement } from './random-program.js';
import { ExpressionRenderer, type Place, type RenderOptions, type Role } from './render-expression.js';

/**
 * The text of a program as a CommonJS module: `exports.make` starts it, `exports.kept` has the closures that it left.
 * Around it `t` traces a value and returns it, `te` traces an error, and `lib` is code that is not compiled. Each
 * iteration and each call burns fuel, so that it ends.
 */
export function renderProgram(tree: ProgramTree, options: RenderOptions): string {
  return new Renderer(tree, options).program();
}

/** Forms of functions that may say `super`. */
const IN_METHOD: ReadonlySet<number> = new Set([4, 6, 7, 8, 9, 10, 11]);

class Renderer extends ExpressionRenderer {
  program(): string {
    const functions = this.tree.functions.map((f, i) => this.declaration(f, i));
    return [
      'let fuel = 100, g = 1, h = 2',
      'const kept = []',
      'function* dual(parts) { for (const part of parts) { if (--fuel < 0) return 0; yield* part } return parts.length }',
      'function* traced(it) { return t(0, yield* it) }',
      'const tag = ({ raw }, ...values) => (t(0, [...raw, ...values]), values.length)',
      'const base = { s(x, y) { return t(0, [x, y]).length } }',
      'const traps = new Proxy({}, { get: (o, k) => t(0, o[k]), set: (o, k, v) => (t(0, [k, v]), (o[k] = v), true) })',
      'class Base { s(x, y) { return t(1, [x, y]).length } }',
      ...(this.options.holds ? ['const held = exports.held = []', 'function* giveBack(k) { held[k]++ }'] : []),
      ...functions,
      `exports.make = () => ${this.call(0, '1, 2')}`,
      'exports.kept = kept',
      '',
    ].join(this.tree.bare ? '\n' : ';\n');
  }

  private declaration(f: FunctionTree, i: number): string {
    const rest = this.rest(f, this.roles[i]!, IN_METHOD.has(f.form));
    const forms = [
      `function* f${i}${rest}`,
      `function *f${i}${rest}`,
      `const f${i} = function*${rest}`,
      `const f${i} = function* own${rest}`,
      `const o${i} = { *f${rest}, g() {} }`,
      `const o${i} = { f: function*${rest} }`,
      `class o${i} { static *f${rest}; g() {} }`,
      `class o${i} { static *#f${rest}; static f(...all) { return o${i}.#f(...all) } }`,
      `const o${i} = { __proto__: base, *f${rest} }`,
      `const o${i} = new (class extends Base { *f${rest} })()`,
      `const o${i} = new (class extends Base { f = this.#f; *#f${rest} })()`,
      `const o${i} = new (class extends Base { get f() { return t(${this.id()}, 1), super.s(), this['f f'] } *'f f'${rest} })()`,
    ];
    return forms[f.form]!;
  }

  protected rest(f: FunctionTree, role: Role, inMethod: boolean, outer: readonly string[] = []): string {
    const variables = [...outer, 'p', 'q', 'a', 'b'];
    const place: Place = { role, yields: true, variables, loops: [], labels: [], inMethod, inField: false };
    const simple = f.parameters % 4 < 2;
    const parameters = ['(p, q)', '(p = 1, q = 2)', '({ p = 3, q = p } = {}, ...rest)', '(p, q = () => p)'];
    const isStrict = `t(${this.id()}, (function () { return this === undefined })())${this.end}`;
    const directive = f.directive && f.parameters % 4 === 0 ? `'use strict'${this.end}${isStrict}` : '';
    const start = `if (--fuel < 0) return 0${this.end}let a = ${simple ? 'p' : 5}, b = 1${this.end}`;
    const body = this.statements(f.body, place);
    const holding =
      this.options.holds && role === 'operation'
        ? `const k = held.push(0) - 1${this.end}try {${body}} finally { yield* lib.shield(giveBack(k)) }`
        : body;
    return `${parameters[f.parameters % 4]} {${directive} ${start}${holding}}`;
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
      case 'block': {
        if (!s.labelled) return `{${this.statements(s.body, place)}}\n`;
        const label = `B${this.id()}`;
        return `${label}: {${this.statements(s.body, { ...place, labels: [...place.labels, label] })}}\n`;
      }
      case 'jump':
        return this.jump(s, place);
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

  private jump(
    { how, target, guard }: Extract<Statement, { kind: 'jump' }>,
    { loops, labels, ...place }: Place,
  ): string {
    const isContinue = how % 2 === 0;
    const all = isContinue ? loops : labels;
    // What has no label is about the innermost loop.
    const isBare = how % 4 < 2 && loops.length > 0;
    if (!isBare && all.length === 0) return `t(${this.id()}, 0)${this.end}`;
    const label = isBare ? '' : ` ${all[target % all.length]}`;
    return `${this.guard(guard, { loops, labels, ...place })}${isContinue ? 'continue' : 'break'}${label}${this.end}`;
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
    const [loops, labels] = [place.loops, place.labels].map((around) => [...around, `L${n}`]) as [string[], string[]];
    const inside: Place = { ...place, variables: [...place.variables, `x${n}`], loops, labels };
    const body = this.body(s.body, inside, s.braces);
    const more = `--fuel > 0`;
    const count = `{ let x${n} = 0${this.end}L${n}: `;
    const heads = [
      `L${n}: for (let x${n} = 0; x${n} < 3 && ${more}; x${n}++) ${body}`,
      `L${n}: for (let x${n} = ${bound}, y = 0; y < 3 && ${more}; y += 1, x${n} += 1) ${body}`,
      `${count}while (x${n}++ < ${bound} % 4 && ${more}) ${body} }`,
      `${count}do ${body}${s.braces ? '' : '\n'}while (x${n}++ < ${bound} % 3 && ${more})${this.end} }`,
      `L${n}: for (const x${n} of [${bound}, 2, 3]) ${body}`,
      // Data may be long, and consumed and given on at each level of a recursion.
      `L${n}: for (const x${n} of ${this.dataCall(s.head, bound)}) { if (--fuel < 0) break${this.end}${body} }`,
      `L${n}: for (const x${n} in { a: ${bound}, b: 2 }) ${body}`,
      `${count}for (;;) { if (x${n}++ > ${bound} % 3 || --fuel < 0) break${this.end}${body} } }`,
      `L${n}: for (const [x${n} = ${bound}, y] of [[1], []]) ${body}`,
      `L${n}: for (var x${n} of lib.take(3, ${this.dataCall(s.head + 1, bound)})) ${body}`,
      `L${n}: for (const x${n} of lib.nasty(${s.head % 2 ? bound : 7}, t)) ${body}`,
      `L${n}: for (const x${n} of lib.nasty(${bound}, t)) ${body}`,
      `L${n}: for (let x${n} = ${bound}, i = 0, c = () => x${n}; i < 3 && ${more}; kept.push(() => [x${n}, i, c()]), x${n} += ++i) ${body}`,
      `L${n}: for (traps.x of [1, ${bound}]) { const x${n} = traps.x${this.end}${body} }`,
      `L${n}: for (const { length: x${n}, [0]: y = ${bound} } of ['', [1]]) ${body}`,
      // Bodies mostly hold what keeps loops from being left and entered again.
      `L${n}: for (let x${n} = ${s.braces ? "'7'" : '7n'}, i = 0; i++ < 3 && ${more}; x${n} = x${n} + x${n}) t(${this.id()}, x${n})${this.end}`,
      `{ let x${n} = 0${this.end}let y = ${s.braces ? 'null' : 0.5}${this.end}while (x${n} < 3 && ${more}) { y += t(${this.id()}, y)${this.end}x${n}++ } ${this.statement(s.body, place)} }`,
      `M${n}: L${n}: for (const x${n} of new Map([[1, ${bound}], [2, 3]]).values()) ${body}`,
      `for (let x${n} of [${bound}, 0.5, 3]) { kept.push(() => x${n}++)${this.end}{ const x${n} = ${s.braces ? "'own'" : 'kept.at(-1)()'}${this.end}if (t(${this.id()}, x${n}) === 1) ${s.braces ? 'break' : 'continue'}${this.end}} a += x${n} }`,
    ];
    return `${heads[s.head % heads.length]}\n`;
  }
}

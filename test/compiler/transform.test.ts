import test, { type ExecutionContext } from 'ava';
import { Parser } from 'acorn';
import { CompileError } from '#src/base/errors.js';
import { explain } from '#src/compiler/explain.js';
import { mayHaveGenerators } from '#src/compiler/may-have-generators.js';
import { parse } from '#src/compiler/parse.js';
import { transform, type TransformOptions } from '#src/compiler/transform.js';
import { compiledText } from './support/compiled-text.js';

/** JavaScript, to be compiled alike with both parsers to what the strictest of them takes. */
function compilesTo(
  t: ExecutionContext,
  source: string,
  expected: string,
  options: Partial<TransformOptions> = {},
): void {
  const { format = 'module' } = options;
  for (const parser of ['oxc', 'acorn'] as const) t.is(compiledText(source, { ...options, parser }), expected, parser);
  const { code } = transform(source, { file: 'file.js', format, ...options })!;
  t.notThrows(() => Parser.parse(code, { ecmaVersion: 'latest', sourceType: format }), code);
}

/** TypeScript or JSX, by the extension. */
function compilesAs(t: ExecutionContext, file: string, source: string, expected: string): void {
  t.is(compiledText(source, { file }), expected);
  const { code } = transform(source, { file, format: 'module' })!;
  t.notThrows(() => parse(code, { file, format: 'module' }), code);
}

function isLeftAlone(t: ExecutionContext, source: string, options: Partial<TransformOptions> = {}): void {
  for (const parser of ['oxc', 'acorn'] as const)
    t.is(transform(source, { file: 'file.js', format: 'module', ...options, parser }), null, `${parser}: ${source}`);
}

/** The table that the end of compiled code holds. */
function placesOf(source: string, options: Partial<TransformOptions> = {}): unknown {
  const { code } = transform(source, { file: 'file.js', format: 'module', ...options })!;
  return JSON.parse(/^function \$places\d*\(\) \{ return (.*); \}$/m.exec(code)![1]!);
}

const namesOf = (source: string): unknown[] =>
  explain(source, { file: 'file.js', format: 'module' }).map(({ name }) => name);

test('the whole output of a module', (t) => {
  const source = `export function* handle(connection) {
  for (;;) {
    const chunk = yield* connection.read();
    if (chunk === null) return;
  }
}
`;
  t.is(
    transform(source, { file: '/app/handle.js', format: 'module' })!.code,
    `import { enter as $enter, site as $site, pause as $pause, preempted as $preempted, module as $module } from "heddle/compiled"; var $m = $module(3, $places); export function* handle(connection) { const $c = $enter($m); let $b = 0;
  for (;;) { if (--$b < 0 && ($b = $pause(1, $c)) < 0) yield* $preempted;
    const chunk = yield* $site(2, $c, connection.read());
    if (chunk === null) return;
  }
}
function $places() { return ["/app/handle.js",["function","handle",1,8],["loop",0,2,3,"for"],["site",0,3,19,"connection.read"]]; }
`,
  );
});

test('only what is used is imported, and CommonJS requires it', (t) => {
  const header = (source: string, format: 'module' | 'commonjs', runtime?: string): string =>
    transform(source, { file: 'file.js', format, ...(runtime && { runtime }) })!.code.split(' function*')[0]!;
  t.is(
    header('function* f() { yield* x }', 'module'),
    'import { enter as $enter, site as $site, module as $module } from "heddle/compiled"; var $m = $module(2, $places);',
  );
  t.is(
    header('function* f() { for (;;); }', 'commonjs', './a "b".cjs'),
    'const { enter: $enter, pause: $pause, preempted: $preempted, module: $module } = require("./a \\"b\\".cjs"); var $m = $module(2, $places);',
  );
});

test('TypeScript in a CommonJS file that imports by statement gets an import too, since imports come first', (t) => {
  const source = 'import a from "a"; function* f() { yield* a }';
  t.regex(transform(source, { file: 'file.cts', format: 'commonjs' })!.code, /^import \{ enter as/);
});

test('what imports the run-time half is compiled already, what only mentions it is not', (t) => {
  const body = 'function* f() { yield* x }\n';
  const plain = (name: string): string =>
    Array.from({ length: 10 }, (_, i) => `const ${name}${i} = [1, 2, 3, 4, 5, 6, 7];\n`).join('');
  for (const parser of ['oxc', 'acorn'] as const)
    for (const format of ['module', 'commonjs'] as const) {
      const again = (source: string): unknown => transform(source, { file: 'file.js', format, parser });
      t.is(again(transform(`${plain('a')}${body}`, { file: 'file.js', format, parser })!.code), null);
      t.is(again(`${body}const pack = () => { const a = require('heddle/compiled'); };`), null);
      if (format === 'module')
        t.is(again(`let x;\n${plain('a')}import { site } from\n'heddle/compiled';\n${plain('b')}${body}`), null);
      for (const mention of [
        "// is put there: import { site } from 'heddle/compiled'",
        "const text = `import { site } from 'heddle/compiled'`;",
        `/* const { site } = require("heddle/compiled") */`,
        `const text = "require('heddle/compiled')";`,
      ])
        t.not(again(`${mention}\n${body}`), null, mention);
    }
});

test('the header stands behind a hashbang, behind directives, and behind comments that say how to compile JSX', (t) => {
  const first = (source: string): string[] =>
    transform(source, { file: 'file.js', format: 'commonjs' })!
      .code.replace(/const \{.*?places\);/, 'HEADER')
      .split('\n');
  t.deepEqual(first('#!/usr/bin/node\nfunction* f() { yield* x }').slice(0, 1), ['#!/usr/bin/node']);
  t.regex(first('#!/usr/bin/node\r\nfunction* f() { yield* x }')[1]!, /^HEADER function\*/);
  t.is(
    first('// on top\n"use strict"; "use other"; function* f() { yield* x }')[1],
    `"use strict"; "use other"; HEADER${' '}function* f() { const $c = $enter($m); yield* $site(1, $c, x) }`,
  );
  t.deepEqual(first('#!x\n --> y\n-->\nfunction* f() { yield* x }').slice(0, 3), ['#!x', ' --> y', '-->']);
  t.regex(first('-->\nfunction* f() { yield* x }')[1]!, /^HEADER function\*/);
  const jsx = '// x\n/** @jsxRuntime automatic */ // @jsx\n/* @jsxImportSource y */';
  t.is(first(`${jsx}\n// z\nfunction* f() { yield* x }`).slice(0, 4).join('\n'), `${jsx}HEADER${' '}\n// z`);
  t.is(first('"use client"\n/* @jsx h */ function* f() { yield* x }')[1]!.slice(0, 22), '/* @jsx h */; HEADER f');
  t.is(first('#!x\n"use strict"\nfunction* f() { yield* x }')[1], '"use strict"; HEADER');
  t.is(first('("use strict"); function* f() { yield* x }')[0]!.slice(0, 22), 'HEADER ("use strict");');
});

test('a directive that a line break ends gets a semicolon before what follows it on its line', (t) => {
  compilesTo(
    t,
    'function* f() { "a"\n"b" // c\nyield* x }',
    'function* f() { "a"\n"b"; ENTER0 // c\nyield* SITE1(x) }',
  );
  compilesTo(t, 'function* f() { "use strict"; yield* x }', 'function* f() { "use strict"; ENTER0 yield* SITE1(x) }');
  compilesTo(t, 'function* f() { ("a"); yield* x }', 'function* f() { ENTER0 ("a"); yield* SITE1(x) }');
});

test('the table stands before the comment that names a source map, and at the end otherwise', (t) => {
  const end = (source: string): string =>
    transform(source, { file: 'file.js', format: 'module' })!
      .code.replace(/^.*?\bf\(\) \{.*?x\) \}/, 'F')
      .replace(/function \$places.*/, 'PLACES');
  t.is(end('function* f() { yield* x }'), 'F\nPLACES\n');
  t.is(end('function* f() { yield* x }\n'), 'F\nPLACES\n');
  t.is(end('function* f() { yield* x } // end'), 'F // end\nPLACES\n');
  t.is(end('function* f() { yield* x }\n//# sourceMappingURL=a.map\n'), 'F\nPLACES\n//# sourceMappingURL=a.map\n');
  t.is(end('function* f() { yield* x } //@ sourceMappingURL=a.map'), 'F \nPLACES\n//@ sourceMappingURL=a.map');
  t.is(
    end('function* f() { yield* x }\r\n// a\r\n//# sourceMappingURL=a.map'),
    'F\r\n// a\r\nPLACES\n//# sourceMappingURL=a.map',
  );
  t.is(
    end('function* f() { yield* x }\n/* //# sourceMappingURL=a.map */'),
    'F\n/* //# sourceMappingURL=a.map */\nPLACES\n',
  );
  t.is(end('function* f() { yield* x }\n"//# sourceMappingURL=a.map"'), 'F\n"//# sourceMappingURL=a.map"\nPLACES\n');
});

test('operands keep their parentheses and comments, and what stands before them stays there', (t) => {
  compilesTo(t, 'function* f() { yield* (a, b) }', 'function* f() { ENTER0 yield* SITE1((a, b)) }');
  compilesTo(t, 'function* f() { yield*(( a )) ; }', 'function* f() { ENTER0 yield*SITE1((( a ))) ; }');
  compilesTo(
    t,
    'function* f() { yield /* 1 */ * // 2\n /* 3 */ g(/* 4 */) /* 5 */ }',
    'function* f() { ENTER0 yield /* 1 */ * // 2\n /* 3 */ SITE1(g(/* 4 */)) /* 5 */ }',
  );
  compilesTo(t, 'function* f() { yield*\n\n  x\n}', 'function* f() { ENTER0 yield*\n\n  SITE1(x)\n}');
  compilesTo(t, 'function* f() { yield*x,yield*y }', 'function* f() { ENTER0 yield*SITE1(x),yield*SITE2(y) }');
  compilesTo(t, 'function* f() { yield* yield* x }', 'function* f() { ENTER0 yield* SITE1(yield* SITE2(x)) }');
  compilesTo(t, 'function* f() { yield* a(yield* b) }', 'function* f() { ENTER0 yield* SITE1(a(yield* SITE2(b))) }');
});

test('operands of every kind are taken whole', (t) => {
  const operands = [
    'a ? b : c',
    'a = b',
    'async x => x',
    '() => {}',
    '/re/.exec(a)',
    '`t${a}`',
    '[a, ...b]',
    '{ a, b() {} }',
    'new A',
    'a?.b()',
    'function () {}',
    'class { m() {} }',
    'this',
    '-a',
    'a ?? b',
    'a in b',
    'import("x")',
  ];
  for (const operand of operands)
    compilesTo(t, `function* f() { yield*${operand} }`, `function* f() { ENTER0 yield*SITE1(${operand}) }`);
});

test('a line break that ends a statement still ends it', (t) => {
  compilesTo(t, 'function* f() { yield* a\nb }', 'function* f() { ENTER0 yield* SITE1(a)\nb }');
  compilesTo(t, 'function* f() { yield* a\n(b) }', 'function* f() { ENTER0 yield* SITE1(a\n(b)) }');
  compilesTo(t, 'function* f() { x = yield* a\n++b }', 'function* f() { ENTER0 x = yield* SITE1(a)\n++b }');
  compilesTo(t, 'function* f() { return yield* a\n/b/g }', 'function* f() { ENTER0 return yield* SITE1(a\n/b/g) }');
  compilesTo(t, 'function* f() { for (;;) a\nb }', 'function* f() { ENTER0+ for (;;) { PAUSE1; a }\nb }');
  compilesTo(t, 'function* f() { do a\nwhile (b) c }', 'function* f() { ENTER0+ do { PAUSE1; a }\nwhile (b) c }');
});

test('sites stand wherever an expression does', (t) => {
  compilesTo(
    t,
    'function* f() { `${yield* a}${`${yield* b}`}` }',
    'function* f() { ENTER0 `${yield* SITE1(a)}${`${yield* SITE2(b)}`}` }',
  );
  compilesTo(
    t,
    'function* f() { g(yield* a, ...yield* b)[yield* c] }',
    'function* f() { ENTER0 g(yield* SITE1(a), ...yield* SITE2(b))[yield* SITE3(c)] }',
  );
  compilesTo(
    t,
    'function* f() { const { a = yield* b, [yield* c]: [d = yield* e] } = yield* g }',
    'function* f() { ENTER0 const { a = yield* SITE1(b), [yield* SITE2(c)]: [d = yield* SITE3(e)] } = yield* SITE4(g) }',
  );
  compilesTo(
    t,
    'function* f() { for (let i = yield* a; yield* b; yield* c) ; for (x of yield* d) ; for (x in yield* e) ; }',
    'function* f() { ENTER0+ for (let i = yield* SITE2(a); yield* SITE3(b); yield* SITE4(c)) { PAUSE1; ; } { DO for (x of EACH(yield* SITE6(d))) { ; } AGAIN5; } for (x in yield* SITE8(e)) { PAUSE7; ; } }',
  );
  compilesTo(
    t,
    'function* f() { switch (yield* a) { case yield* b: throw yield* c } }',
    'function* f() { ENTER0 switch (yield* SITE1(a)) { case yield* SITE2(b): throw yield* SITE3(c) } }',
  );
});

test('loops without braces get them, be they nested, empty, labelled, or before an else', (t) => {
  compilesTo(
    t,
    'function* f() { for(;;) for(;;) x() }',
    'function* f() { ENTER0+ for(;;) { PAUSE1; for(;;) { PAUSE2; x() } } }',
  );
  compilesTo(
    t,
    'function* f() { for (;;) yield* x }',
    'function* f() { ENTER0+ for (;;) { PAUSE1; yield* SITE2(x) } }',
  );
  compilesTo(
    t,
    'function* f() { while (a);while (b); }',
    'function* f() { ENTER0+ while (a){ PAUSE1; ; }while (b){ PAUSE2; ; } }',
  );
  compilesTo(
    t,
    'function* f() { do x(); while (y) z() }',
    'function* f() { ENTER0+ do { PAUSE1; x(); } while (y) z() }',
  );
  compilesTo(t, 'function* f() { do;while (y) }', 'function* f() { ENTER0+ do{ PAUSE1; ; }while (y) }');
  compilesTo(
    t,
    'function* f() { if (a) for (;;) b; else c }',
    'function* f() { ENTER0+ if (a) for (;;) { PAUSE1; b; } else c }',
  );
  compilesTo(
    t,
    'function* f() { for (;;) if (a) b; else c }',
    'function* f() { ENTER0+ for (;;) { PAUSE1; if (a) b; else c } }',
  );
  compilesTo(
    t,
    'function* f() { a: b: for (x of y) for (x in y) { continue a; } }',
    'function* f() { ENTER0+ a: b: for (x of y) { PAUSE1; for (x in y) { PAUSE2; continue a; } } }',
  );
  compilesTo(t, 'function* f() { for (;;) // c\n x }', 'function* f() { ENTER0+ for (;;) // c\n { PAUSE1; x } }');
  compilesTo(
    t,
    'function* f() { for (;;) try { a } finally { b } }',
    'function* f() { ENTER0+ for (;;) { PAUSE1; try { a } finally { b } } }',
  );
});

test('a for…of in which nothing can suspend is left to give way, and entered again', (t) => {
  t.is(
    transform('function* f() { for (const x of list) g(x) }', { file: 'file.js', format: 'module' })!
      .code.split('\n')[0]!
      .replace(/^.*?; function/, 'function'),
    'function* f() { const $c = $enter($m); let $b = 0; { let $n; do for (const x of $n ??= $indexed(list)) { const $w = x; let $i = $n.at; for (; $b-- > 0 && ($i + 1 <= +$w.length || ($i = $n.more()) >= 0); $i++) { const x = $w[$i]; g(x) } if ($b < 0) $n.leave($i); break; } while ($b < 0 && (($b = $pause(1, $c)) >= 0 || (yield* $n.turn($preempted), $b = 1))); } }',
  );
  compilesTo(
    t,
    'function* f() { a: b: for (x of y) { continue a; } }',
    'function* f() { ENTER0+ { DO a: b: for (x of EACH(y)) { continue a; } AGAIN1; } }',
  );
  compilesTo(
    t,
    'function* f(){for(a of b)c();for(d of(e,f)){}if(g)for(a of b);else for(a of b){}}',
    'function* f(){ ENTER0+{ DO for(a of EACH(b)){ c(); } AGAIN1; }{ DO for(d of EACH((e,f))){} AGAIN2; }if(g){ DO for(a of EACH(b)){ ; } AGAIN3; }else { DO for(a of EACH(b)){} AGAIN4; }}',
  );
  compilesTo(
    t,
    'function* f() { for (;;) for (x of function* () { for (y of z) ; }) ; }',
    'function* f() { ENTER0+ for (;;) { PAUSE1; { DO for (x of EACH(function* () { ENTER3+ { DO for (y of EACH(z)) { ; } AGAIN1; } })) { ; } AGAIN2; } } }',
  );
});

test('a for…of with a loop or a site in its body or pattern is not', (t) => {
  compilesTo(
    t,
    'function* f() { for (x of y) while (x) ; for (x of y) { yield* x } for ([x = yield* z] of y) ; for (x[yield* z] of y) ; }',
    'function* f() { ENTER0+ for (x of y) { PAUSE1; while (x) { PAUSE2; ; } } for (x of y) { PAUSE3; yield* SITE4(x) } for ([x = yield* SITE6(z)] of y) { PAUSE5; ; } for (x[yield* SITE8(z)] of y) { PAUSE7; ; } }',
  );
});

test('only the own body of a generator is compiled', (t) => {
  compilesTo(
    t,
    'function* f() { yield* x; (() => { for (;;) ; }); function g() { while (a) ; } ({ m() { do ; while (a) }, get a() { for (;;) ; } }) }',
    'function* f() { ENTER0 yield* SITE1(x); (() => { for (;;) ; }); function g() { while (a) ; } ({ m() { do ; while (a) }, get a() { for (;;) ; } }) }',
  );
  compilesTo(
    t,
    'function* f() { class A extends (yield* a) { static [yield* b] = () => { for (;;) ; }; #c = [function () { for (;;) ; }]; static { for (;;) ; } [yield* d]() { for (;;) ; } } }',
    'function* f() { ENTER0 class A extends (yield* SITE1(a)) { static [yield* SITE2(b)] = () => { for (;;) ; }; #c = [function () { for (;;) ; }]; static { for (;;) ; } [yield* SITE3(d)]() { for (;;) ; } } }',
  );
  compilesTo(
    t,
    'function* f(a = function* () { yield* x }) { for (;;) (function* () { yield* y })() }',
    'function* f(a = function* () { ENTER2 yield* SITE1(x) }) { ENTER0+ for (;;) { PAUSE1; (function* () { ENTER4 yield* SITE1(y) })() } }',
  );
});

test('generators of every form are compiled, async ones never', (t) => {
  compilesTo(
    t,
    'export default function* () { yield* x } const f = async function* () { yield* x; for (;;) ; }',
    'export default function* () { ENTER0 yield* SITE1(x) } const f = async function* () { yield* x; for (;;) ; }',
  );
  compilesTo(
    t,
    'class A { *a() { yield* x } static *b() { yield* x } *#c() { yield* x } *[d]() { yield* x } static async *e() { yield* x } f = function* () { yield* x } }',
    'class A { *a() { ENTER0 yield* SITE1(x) } static *b() { ENTER2 yield* SITE1(x) } *#c() { ENTER4 yield* SITE1(x) } *[d]() { ENTER6 yield* SITE1(x) } static async *e() { yield* x } f = function* () { ENTER8 yield* SITE1(x) } }',
  );
  compilesTo(
    t,
    '({ *a() { yield* x }, async *b() { yield* x }, c: function* () { yield* x }, *"d"() { yield* x } })',
    '({ *a() { ENTER0 yield* SITE1(x) }, async *b() { yield* x }, c: function* () { ENTER2 yield* SITE1(x) }, *"d"() { ENTER4 yield* SITE1(x) } })',
  );
  compilesTo(
    t,
    'async function* f() { yield* x; function* g() { yield* y } }',
    'async function* f() { yield* x; function* g() { ENTER0 yield* SITE1(y) } }',
  );
});

test('data generators, and generators with nothing to do, are left alone', (t) => {
  isLeftAlone(t, 'function* f() { yield }');
  isLeftAlone(t, 'function* f() { for (;;) yield* g(yield) }');
  isLeftAlone(t, 'function* f() { yield* a; class A { [yield 1]() {} } }');
  isLeftAlone(t, 'function* f() { return 1 }');
  isLeftAlone(t, 'function* f() { [1].map(() => { for (;;) ; }) }');
  compilesTo(
    t,
    'function* f() { yield; function* g() { yield* x } }',
    'function* f() { yield; function* g() { ENTER0 yield* SITE1(x) } }',
  );
  compilesTo(
    t,
    'function* f() { yield* x; function* g() { yield } }',
    'function* f() { ENTER0 yield* SITE1(x); function* g() { yield } }',
  );
});

test('what a with statement or a direct eval could see is left alone', (t) => {
  const options = { format: 'commonjs' } as const;
  isLeftAlone(t, 'function* f() { with (a) yield* x }', options);
  isLeftAlone(t, 'with (a) { (() => function* () { yield* x })() }', options);
  isLeftAlone(t, 'function* f() { yield* x; eval("1") }');
  isLeftAlone(t, 'function* f() { yield* (eval)("1") }');
  isLeftAlone(t, 'function* f(a = eval("1")) { yield* x }');
  isLeftAlone(t, 'function* f() { yield* x; (() => () => eval("1")); }');
  isLeftAlone(t, 'function* f() { yield* x; class A { a = eval("1"); static { eval("2") } } }');
  isLeftAlone(t, 'function* f() { yield* x; function g() { eval("1") } }');
  isLeftAlone(t, 'function* f() { yield* x; ({ m() { return () => eval("1") } }); }');
  isLeftAlone(t, 'function* f() { yield* x; function* g() { function h() { eval("1") } yield* y } }');
  compilesTo(
    t,
    'function* f() { yield* eval?.("1"); a.eval("1"); new eval("1"); } function g() { eval("1") }',
    'function* f() { ENTER0 yield* SITE1(eval?.("1")); a.eval("1"); new eval("1"); } function g() { eval("1") }',
  );
  compilesTo(
    t,
    'function* f() { yield* x; (() => { with (a) ; }); function g() { with (a) ; } }',
    'function* f() { ENTER0 yield* SITE1(x); (() => { with (a) ; }); function g() { with (a) ; } }',
    options,
  );
});

test('what only looks like a generator is left alone', (t) => {
  isLeftAlone(t, 'const a = "function* f() { yield* x }"; // function* f() { yield* x }\n/function* f() { yield* x }/');
  isLeftAlone(
    t,
    'var yield = 2, x = 3; yield * x; yield: for (;;) break yield; function f(yield) { return yield * x }',
    { format: 'commonjs' },
  );
  isLeftAlone(t, 'const a = { yield: 1 }; a.yield * x; class A { yield() {} }');
});

test('CommonJS may return at its top level, and is sloppy unless it says otherwise', (t) => {
  compilesTo(
    t,
    'if (a) return; var let_ = 010, await = new.target; function* f() { yield* x }',
    'if (a) return; var let_ = 010, await = new.target; function* f() { ENTER0 yield* SITE1(x) }',
    { format: 'commonjs' },
  );
});

test('names that the source has anywhere make all names get a number', (t) => {
  const used = (source: string): string | undefined =>
    /let \$b(\d*) = 0/.exec(transform(source, { file: 'a.js', format: 'module' })!.code)?.[1];
  const f = 'function* f() { for (;;) yield* x }';
  t.is(used(f), '');
  for (const name of ['$c', '$b', '$m', '$enter', '$site', '$pause', '$same', '$preempted', '$module', '$places'])
    t.is(used(`${f} let ${name}`), '1', name);
  t.is(used(`${f} a.$site; "$c1"`), '2');
  t.is(used(`${f} let $c1, $m3`), '');
  t.is(used(`${f} let a$c, $$m, $costs, $places_`), '');
  t.is(used(`${f} let \\u0024c`), '1');
  t.is(used(`${f} let $\\u{65}nter`), '1');
  const { code } = transform(`${f} let $c`, { file: 'a.js', format: 'module' })!;
  t.false(/\$(?:b|m|enter|site|pause|same|preempted|module|places)(?!\w)/.test(code), code);
});

test('TypeScript stays TypeScript', (t) => {
  compilesAs(
    t,
    'file.ts',
    'export const f = function* <T>(this: A, a?: T): Operation<T> { yield* (a!) as Foo<Bar>; yield* <Foo>a; yield* a satisfies Foo; return yield* g<T>(a) };',
    'export const f = function* <T>(this: A, a?: T): Operation<T> { ENTER0 yield* SITE1((a!) as Foo<Bar>); yield* SITE2(<Foo>a); yield* SITE3(a satisfies Foo); return yield* SITE4(g<T>(a)) };',
  );
  compilesAs(
    t,
    'file.mts',
    'function f(a: string): A; function* f(a: any): A { for (const b of a as B[]) b; } declare function g(): void; interface I { yield: 1 } type T = { (): Generator };',
    'function f(a: string): A; function* f(a: any): A { ENTER0+ { DO for (const b of INDEXED(a as B[])) { ITEMS(b) { const b = ITEM; b; } LEAVE; } AGAIN1; } } declare function g(): void; interface I { yield: 1 } type T = { (): Generator };',
  );
  compilesAs(
    t,
    'file.ts',
    'abstract class A<T> { abstract m(): void; declare a: T; constructor(private readonly b: T) {} @dec(1) protected override *c(): G { yield* this.b } accessor d = function* () { yield* x } }',
    'abstract class A<T> { abstract m(): void; declare a: T; constructor(private readonly b: T) {} @dec(1) protected override *c(): G { ENTER0 yield* SITE1(this.b) } accessor d = function* () { ENTER2 yield* SITE1(x) } }',
  );
  compilesAs(
    t,
    'file.ts?version=1',
    'enum E { A = 1 } namespace N { export function* f() { yield* x } } import a = require("a"); export { a as default };',
    'enum E { A = 1 } namespace N { export function* f() { ENTER0 yield* SITE1(x) } } import a = require("a"); export { a as default };',
  );
  compilesAs(
    t,
    'a.js#/file.ts',
    'enum E { A = 1 } function* f() { yield* x }',
    'enum E { A = 1 } function* f() { ENTER0 yield* SITE1(x) }',
  );
  t.is(transform('function* f() { yield* x; (eval as any)("1"); }', { file: 'file.ts', format: 'module' }), null);
});

test('JSX is JavaScript', (t) => {
  const source = 'const f = function* () { return <a b={yield* x}>yield* y {yield* (<b/>)}</a> }';
  const expected =
    'const f = function* () { ENTER0 return <a b={yield* SITE1(x)}>yield* y {yield* SITE2((<b/>))}</a> }';
  for (const file of ['file.tsx', 'file.jsx', 'file.js']) compilesAs(t, file, source, expected);
});

test('a byte-order mark is not part of the text', (t) => {
  compilesTo(t, '\ufeff#!x\nfunction* f() { yield* x }', '#!x\nfunction* f() { ENTER0 yield* SITE1(x) }');
  t.deepEqual(placesOf('\ufefffunction* f() { yield* x }'), [
    'file.js',
    ['function', 'f', 1, 1],
    ['site', 0, 1, 17, 'x'],
  ]);
});

test('lines stay lines, with every kind of line end', (t) => {
  for (const end of ['\n', '\r\n', '\r', '\u2028']) {
    const source = ['// 😀é', 'function* f() {', '  for (;;)', '    yield* x', '}', ''].join(end);
    const { code } = transform(source, { file: 'file.js', format: 'module' })!;
    t.is(code.split(end).length, source.split(end).length + (end === '\n' ? 1 : 0), JSON.stringify(end));
    t.deepEqual(placesOf(source), [
      'file.js',
      ['function', 'f', 2, 1],
      ['loop', 0, 3, 3, 'for'],
      ['site', 0, 4, 5, 'x'],
    ]);
  }
});

test('functions are in the order of the source, the points of each right behind it, whatever is nested in what', (t) => {
  t.deepEqual(
    placesOf(
      'function* a() { yield* b(function* c() { for (;;) d(); }); while (e) { yield* f } }\nconst g = { *h() { do i(); while (yield* j) } };',
    ),
    [
      'file.js',
      ['function', 'a', 1, 1],
      ['site', 0, 1, 17, 'b'],
      ['loop', 0, 1, 60, 'while'],
      ['site', 0, 1, 72, 'f'],
      ['function', 'c', 1, 26],
      ['loop', 4, 1, 42, 'for'],
      ['function', 'h', 2, 14],
      ['loop', 6, 2, 20, 'do'],
      ['site', 6, 2, 35, 'j'],
    ],
  );
});

test('functions have the names that the language gives them, and methods that of their class', (t) => {
  const f = 'function* () { yield* x }';
  t.deepEqual(
    namesOf(`const a = ${f}, b = (${f}); let c; c = ${f}; c ??= ${f}; ({ d = ${f} }) => 1; const [e] = ${f};`),
    ['a', 'b', 'c', 'c', 'd', 'anonymous'],
  );
  t.deepEqual(namesOf(`const a = function* own() { yield* x }; exports.b = ${f}; f(${f}); [${f}]; (1, ${f});`), [
    'own',
    'exports.b',
    'anonymous',
    'anonymous',
    'anonymous',
  ]);
  t.deepEqual(namesOf(`export default ${f}`), ['default']);
  t.deepEqual(
    namesOf(
      `const a = { b: ${f}, *c() { yield* x }, *"d e"() { yield* x }, 1: ${f}, *[Symbol . iterator]() { yield* x }, *["g"]() { yield* x } }`,
    ),
    ['b', 'c', 'd e', '1', '[Symbol . iterator]', 'g'],
  );
  t.deepEqual(namesOf(`class A { *b() { yield* x } static *#c() { yield* x } d = ${f}; static *[e]() { yield* x } }`), [
    'A.b',
    'A.#c',
    'A.d',
    'A.[e]',
  ]);
  t.deepEqual(
    namesOf(
      'const A = class { *b() { yield* x } }; (class { *c() { yield* x } }); export default class { *d() { yield* x } }',
    ),
    ['A.b', 'c', 'default.d'],
  );
  t.deepEqual(namesOf(`class A { m() { return ${f} } }`), ['anonymous']);
});

test('a site has the text of what it calls, on one line and not too long', (t) => {
  const callee = (operand: string, file = 'file.ts'): unknown =>
    explain(`function* f() { yield* ${operand} }`, { file, format: 'module' })[0]!.sites[0]!.callee;
  t.is(callee('connection.read()'), 'connection.read');
  t.is(callee('(connection.read(1))'), 'connection.read');
  t.is(callee('a?.b?.()'), 'a?.b');
  t.is(callee('f<T>(x) as Y'), 'f');
  t.is(callee('this'), 'this');
  t.is(callee('(a, b)'), '(a, b)');
  t.is(callee('a\n  .b\n\t.c()'), 'a .b .c');
  t.is(callee('new A(1)'), 'new A(1)');
  t.is(callee(`${'a'.repeat(40)}()`), 'a'.repeat(40));
  t.is(callee(`${'a'.repeat(41)}()`), `${'a'.repeat(39)}…`);
  t.is(callee(`"${'a'.repeat(37)}😀b"`), `"${'a'.repeat(37)}…`);
  t.is(callee(`(function () { return ${' '.repeat(1000)} 1; })()`), '(function () { return…');
});

test('the compiler leaves its own output alone', (t) => {
  const source = 'export function* f() { yield* x }';
  for (const format of ['module', 'commonjs'] as const) {
    const { code } = transform(source.replace(/export /, format === 'module' ? '$&' : ''), { file: 'a.js', format })!;
    isLeftAlone(t, code, { format });
    isLeftAlone(t, code.replaceAll('"', "'"), { format });
  }
});

test('a syntax error says where', (t) => {
  const fails = (source: string, options: Partial<TransformOptions> = {}): string => {
    const error = t.throws(() => transform(source, { file: '/app/a.ts', format: 'module', ...options }), {
      instanceOf: CompileError,
    })!;
    t.is((error as CompileError).code, 'ERR_HEDDLE_COMPILE');
    return error.message;
  };
  t.regex(fails('// 😀\nlet y = function* () { yield* ; }'), /^\/app\/a\.ts:2:31: ./);
  t.regex(
    fails('// 😀\nlet y = function* () { yield* ; }', { file: 'a.js', parser: 'acorn' }),
    /^a\.js:2:31: Unexpected token$/,
  );
  t.regex(fails('function* f() { yield* }'), /^\/app\/a\.ts:1:24: /);
});

test('that TypeScript cannot be read without a binding of its parser is no error of the program', (t) => {
  const options = { file: 'a.ts', format: 'module', parser: 'acorn' } as const;
  t.throws(() => transform('function* f() { yield* x }', options), { code: 'ERR_HEDDLE_MISSING_BINDING' });
});

test('expressions may be deeper than the stack', (t) => {
  t.truthy(transform(`function* f() { yield* x }\n${'a + '.repeat(20_000)}a`, { file: 'a.js', format: 'module' }));
});

test('a text that has a generator is never taken for one that has none', (t) => {
  const gaps = ['', ' ', '\n', '/* * */', '// c\n', '// c\r', '// c\u2028', ' /* a */\n // b\n '];
  const names = [
    'a',
    '$_1',
    'é',
    '\\u0061',
    '"a"',
    "'it\\'s'",
    '[a.b]',
    '["("]',
    '#a',
    '1',
    '.5',
    '1.5',
    '1e-3',
    '1_0n',
  ];
  const parameters = ['()', '(a)', '(a = ")")', '(a = b())', '( /* ) */ a)', '<T>(a: T)', '({ a })'];
  const bodies = ['{ for (;;) ; }', ': T { for (;;) ; }', '/* c */ { for (;;) ; }'];
  for (const gap of gaps)
    for (const list of parameters)
      for (const body of bodies) {
        for (const name of names)
          t.true(mayHaveGenerators(`class A {${gap}*${gap}${name}${gap}${list}${gap}${body} }`));
        for (const name of ['', ...names.slice(0, 4)])
          t.true(mayHaveGenerators(`function${gap}*${gap}${name}${gap}${list}${gap}${body}`));
      }
  t.true(mayHaveGenerators('yield'));
});

test('texts without generators are not parsed', (t) => {
  const notParsed = [
    '/**\n * Reads a file (all of it).\n * @param {string} a the function\n * that is called\n */\nexport function read(a) { return a * 2; }',
    'const area = width * height(of) * 2;',
    'export * from "a"; import * as b from "b"; x **= 2; a.b * (c); for (;;) ;',
    '/* function */ function f(a) { return 2 * a(b) + 1; }',
  ];
  for (const source of notParsed) t.false(mayHaveGenerators(source), source);
  t.is(transform('this is no program', { file: 'a.js', format: 'module' }), null);
});

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { extname, join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { findGenerators } from '#src/compiler/find-generators.js';
import type { GeneratorFunction } from '#src/compiler/generator-function.js';
import { isProgram as isProgramByTree, isWhole, parse, type ParseOptions } from '#src/compiler/parse.js';
import { parseSparsely } from '#src/compiler/parse-sparsely.js';
import { fuzzRuns } from '../support/fuzz.js';

const ROOT = new URL('../../../', import.meta.url).pathname;
const MODULE: ParseOptions = { file: 'file.js', format: 'module' };

/** All that the compiler asks about the generators of a tree. */
function generatorsOf(read: typeof parse, source: string, options: ParseOptions): unknown {
  const facts = ({ name, start, bodyStart, points, verdict }: GeneratorFunction): unknown => [
    name,
    start,
    bodyStart,
    points,
    verdict,
  ];
  return findGenerators(read(source, options), source).map(facts);
}

function isProgram(source: string, options: ParseOptions): boolean {
  try {
    return parse(source, options).type === 'Program';
  } catch {
    return false;
  }
}

test('statements without generators are not looked at', (t) => {
  const source = `import a from 'a';\nfunction b() { return ${'1 + '.repeat(99)}1; }\nfunction* c() { yield* a(); }\nclass D {}\nconst e = 1;\nexport {};\n`;
  const types = parseSparsely(source, MODULE).body.map(({ type }) => type);
  t.deepEqual(types, ['ImportDeclaration', 'FunctionDeclaration', 'ExportNamedDeclaration']);
});

test('the generators of real files are found as in the whole tree', (t) => {
  let count = 0;
  for (const directory of ['src', 'bench', 'examples', 'test', 'node_modules/effection', 'node_modules/gensync']) {
    for (const name of readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })) {
      if (!['.ts', '.js', '.mjs', '.cjs', '.txt'].includes(extname(name)) || name.endsWith('.d.ts')) continue;
      const source = readFileSync(join(ROOT, directory, name), 'utf8');
      const options: ParseOptions = { file: name, format: name.endsWith('.cjs') ? 'commonjs' : 'module' };
      if (!isProgram(source, options)) continue;
      count += 1;
      t.deepEqual(generatorsOf(parseSparsely, source, options), generatorsOf(parse, source, options), name);
    }
  }
  t.true(count > 500, `${count} files`);
});

/** Lines, many of which look like the beginning of a statement. */
const LINES = [
  'function f() {}',
  'function* g() { yield* h(); }',
  'async function* g() { yield* h(); }',
  'class C { *m() { for (;;) yield* h(); } }',
  'const b = "\\',
  'const c = /[`{]/;',
  "var d = '`';",
  'const j = `+ k +`;',
  'const l = `${',
  '}`;',
  'import("x")',
  'label:',
  'else',
  '// `',
  'async',
  'let',
  'export',
  '`',
  '}',
];

/** What lines can be hidden in. */
const AROUND: [string, string][] = [
  ['', ''],
  ['', ''],
  ['const a = `', '`;'],
  ['const a = `${(() => {', '})()}`;'],
  ['/*', '*/'],
  ['function f() {', '}'],
  ['(function () {', '})();'],
  ['var e =', ''],
  ['export default', ''],
  ['if (x)', ''],
  ['await', ''],
  ['(x) =>', ''],
  ['class E extends', ''],
  ['class F', '{}'],
  ['do', 'while (0);'],
  ['x: {', '}'],
  ['f(', ');'],
];

test('lines that only look like statements deceive nobody', (t) => {
  const part = fc
    .tuple(fc.constantFrom(...AROUND), fc.array(fc.constantFrom(...LINES), { minLength: 1, maxLength: 3 }))
    .map(([[before, after], lines]) => [before, ...lines, after].join('\n'));
  const format = fc.constantFrom('module' as const, 'commonjs' as const);
  const property = fc.property(fc.array(part, { minLength: 1, maxLength: 4 }), format, (parts, of) => {
    // Enough of what is not wanted that cutting is worth it.
    const source = [...parts, `var z = '${'z'.repeat(999)}';`, 'var end;'].join('\n');
    const options: ParseOptions = { ...MODULE, format: of };
    if (!isProgram(source, options)) return;
    assert.deepEqual(generatorsOf(parseSparsely, source, options), generatorsOf(parse, source, options), source);
  });
  t.notThrows(() => fc.assert(property, { numRuns: fuzzRuns(10_000) }));
});

/** What a statement can end in before it is complete, and what looks so. */
const ENDS = [
  'a | a; | a. | a, | a ? b : | x = | x = [ | ( | () => | a\n-- | throw | new | await | yield | return;',
  'if (x) | if (x) {} else | while (1) | do | do { | with (x) | label: | try { | try | try {} finally',
  'for ( | for (; | for (;;) | for (let | for (const a of | switch (x) { | switch (x) { case 1: | switch (x) { case 1',
  '{ | {{ | {} | } | ) | {}} | " | ` | `a ${ | `${{ | `${() => { | /* | /* } | // | /a | x = /[ | #x | \\',
  'function | function f() | function f() { | async | async function | class A | class A { | class A { static { | @d',
  'export | export /* c */ | export default | export { | export * | import | import x | import x from | import ""',
  'let | let a | let a = | const a | using | await using | get | static | of | < | <div | <div> | <div>{ | </div>',
  'type A | type A = | interface A { | enum A { | declare | export declare | declare global { | namespace N | abstract',
  'x as | x! | export = | let x: | function f(): | // é | "é" | `é | #!x | <!-- | -->',
].flatMap((line) => line.split(' | '));

test('what is taken for whole statements is a program by itself, and the other way round', (t) => {
  for (const file of ['file.js', 'file.ts', 'file.tsx']) {
    for (const format of ['module', 'commonjs'] as const) {
      for (const end of ENDS) {
        const source = `const a = 1;\n${end}`;
        const options: ParseOptions = { file, format };
        t.is(isWhole(source, options), isProgramByTree(source, options), `${file} ${format} ${end}`);
      }
    }
  }
});

test('a text that is no program is refused in the same words', (t) => {
  const source = 'const a = 1;\nfunction* g() { yield* h(); }\nconst b = ;\n';
  const expected = t.throws(() => parse(source, MODULE));
  t.is(t.throws(() => parseSparsely(source, MODULE)).message, expected.message);
});

import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { hasSoundHooks, readsByFs, removesTypes } from '#src/compiler/loader/node-abilities.js';
import {
  commonJs,
  esm,
  NO_BINDING,
  ProgramDirectory,
  QUIET,
  REGISTER,
  typed,
  type Outcome,
} from './support/program-directory.js';

/** What each module says that was compiled, in the order of their names. */
function compiled(...names: string[]): string[] {
  return names.map((name) => `${name} compiled 1`);
}

function lines(text: string): string[] {
  return text.split('\n').filter(Boolean).sort();
}

test('ECMAScript modules and CommonJS are compiled, however they are loaded', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './a.js'; import './b.cjs'; import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      require('./c.cjs'); await import('./d.js'); await import('./e.cjs'); require('./old/f.js'); await import('./old/g.js');
      ${esm('app')}`,
    'a.js': esm('a'),
    'b.cjs': `require('./b2.cjs');\n${commonJs('b')}`,
    'b2.cjs': commonJs('b2'),
    'c.cjs': `'use strict';\n${commonJs('c')}`,
    'd.js': esm('d'),
    'e.cjs': commonJs('e'),
    'old/package.json': '{ "type": "commonjs" }',
    'old/f.js': commonJs('f'),
    'old/g.js': commonJs('g'),
  });
  const { stdout, stderr, code } = await program.run('app.mjs');
  t.deepEqual(lines(stdout), compiled('a', 'app', 'b', 'b2', 'c', 'd', 'e', 'f', 'g'));
  t.deepEqual([stderr, code], ['', 0]);
});

test('a text that is nested deeper than Node reads, and a sum of ever so many terms, end no process', async (t) => {
  const sum = Array.from({ length: 50_000 }, () => "'a'").join(' + ');
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './long.mjs'; await import('./deep.mjs').catch(() => {}); ${esm('app')}`,
    'long.mjs': `const sum = ${sum};\n${esm('long')}`,
    'deep.mjs': `const list = ${'['.repeat(20_000)}${']'.repeat(20_000)};\nfunction* f() { yield* g(); }`,
  });
  const { stdout, stderr, code } = await program.run('app.mjs');
  t.deepEqual([lines(stdout), stderr, code], [compiled('app', 'long'), '', 0]);
});

test('who changed how arrays are iterated before heddle was loaded is minded', async (t) => {
  const changes = {
    next: `const prototype = Object.getPrototypeOf([].values()), { next } = prototype;
      prototype.next = function () { const result = next.call(this); if (result.value === 7) result.value = 'seven'; return result; };`,
    values: `const { values } = Array.prototype;
      Array.prototype.values = Array.prototype[Symbol.iterator] = function () { return values.call(this[0] === 7 ? ['seven'] : this); };`,
  };
  for (const [name, change] of Object.entries(changes)) {
    const program = new ProgramDirectory(t, {
      'change.mjs': change,
      'app.mjs': `function* f() { const all = []; for (const x of [7]) all.push(typeof x); yield* all; }
        console.log([...f()][0], f.toString().includes('$indexed'));`,
    });
    const { stdout, stderr, code } = await program.node(['--import', './change.mjs', '--import', REGISTER, 'app.mjs']);
    t.deepEqual([stdout, stderr, code], ['string true\n', '', 0], name);
  }
});

test('CommonJS in TypeScript may import and export types, which vanish', async (t) => {
  const text = (
    name: string,
  ): string => `import type { A } from './types.mjs'; export type { A }; export interface B { a: A }
    const { extname }: typeof import('node:path') = require('node:path');
    function* f(): Iterable<string> { yield* [extname('a.b')]; } console.log('${name}', ...f(), f.toString().includes('$enter'));`;
  const program = new ProgramDirectory(t, {
    'app.mjs': `await import('./a.cts'); await import('./old/b.ts'); await import('./c.cts');`,
    'a.cts': text('a'),
    'c.cts': text('c').replace(/^.*/, 'export default interface B { a: string }'),
    'old/package.json': '{}',
    'old/b.ts': text('b'),
  });
  const { stdout, stderr, code } = await program.node([...QUIET, '--import', REGISTER, 'app.mjs']);
  t.deepEqual([lines(stdout), stderr, code], [['a .b true', 'b .b true', 'c .b true'], '', 0]);
});

test('modules are compiled side by side, also while somebody blocks for one of them', async (t) => {
  const names = Array.from({ length: 20 }, (_, n) => `m${n}`);
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { createRequire } from 'node:module';
      const require = createRequire(import.meta.url);
      const loading = [];
      for (let n = 0; n < 10; n++) {
        loading.push(import('./m' + n + '.js'), import('./broken.js').catch(() => {}));
        await null;
        require('./m' + (n + 10) + '.cjs');
      }
      await Promise.all(loading);`,
    'broken.js': 'function* broken() { yield* ; }',
    ...Object.fromEntries(
      names.map((name, n) => (n < 10 ? [`${name}.js`, esm(name)] : [`${name}.cjs`, commonJs(name)])),
    ),
  });
  // With nothing in the cache, and with everything.
  for (let start = 0; start < 2; start++) {
    const { code, stdout, stderr } = await program.run('app.mjs');
    t.deepEqual([code, lines(stdout), stderr], [0, compiled(...names).sort(), '']);
  }
});

test('a program of CommonJS is compiled, with the ECMAScript modules that it requires', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.cjs': `#!/usr/bin/env node\nrequire('./a.cjs'); require('./b.mjs'); import('./c.mjs');\n${commonJs('app')}`,
    'a.cjs': commonJs('a'),
    'b.mjs': `import './b2.mjs';\n${esm('b')}`,
    'b2.mjs': esm('b2'),
    'c.mjs': esm('c'),
  });
  const { stdout, stderr, code } = await program.run('app.cjs');
  // Without hooks in the program's thread nobody can see what a required module imports.
  const unseen = hasSoundHooks ? ['b2 compiled 1'] : ['b2 plain 1'];
  t.deepEqual(lines(stdout), [...compiled('a', 'app', 'b', 'c'), ...unseen].sort());
  t.deepEqual([stderr, code], ['', 0]);
});

test('what only its syntax tells to be a module or CommonJS is compiled as what it is', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './either/a.js'; import './either/b.js'; import { createRequire } from 'node:module';
      import './either/e.js';
      const require = createRequire(import.meta.url);
      require('./either/c.js'); require('./either/d.js');`,
    'either/package.json': '{}',
    'either/e.js': `const { sep } = await import('node:path');\n${esm('e').replace('export ', '')}`,
    'either/a.js': esm('a'),
    'either/b.js': commonJs('b'),
    'either/c.js': `const text = "import.meta";\n// export\n${commonJs('c')}`,
    'either/d.js': esm('d'),
  });
  const { stdout, code } = await program.run('app.mjs');
  t.deepEqual(lines(stdout), compiled('a', 'b', 'c', 'd', 'e'));
  t.is(code, 0);
});

test('TypeScript is compiled and stripped of its types, by Node or by the hook', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.ts': `import './a.mts'; import './b.cts'; import { createRequire } from 'node:module';
      import './either/d.ts'; import './either/e.ts'; import './plain.ts';
      const require = createRequire(import.meta.url);
      require('./c.cts'); require('./old/f.ts');
      ${typed(esm('app'))}`,
    'a.mts': typed(esm('a')),
    'b.cts': `require('./b2.cts');\n${typed(commonJs('b'))}`,
    'b2.cts': typed(commonJs('b2')),
    'c.cts': typed(commonJs('c')),
    'either/package.json': '{}',
    'either/d.ts': typed(esm('d')),
    'either/e.ts': typed(commonJs('e')),
    'old/package.json': '{ "type": "commonjs" }',
    'old/f.ts': typed(commonJs('f')),
    'plain.ts': 'const x: number = 1;\nexport const y = x as unknown;\n',
  });
  const flags = process.allowedNodeEnvironmentFlags.has('--experimental-strip-types')
    ? [['--no-experimental-strip-types'], ['--experimental-strip-types']]
    : [];
  for (const strip of [[], ...flags]) {
    const { stdout, stderr, code } = await program.node([...QUIET, ...strip, '--import', REGISTER, 'app.ts']);
    t.deepEqual(lines(stdout), compiled('a', 'app', 'b', 'b2', 'c', 'd', 'e', 'f'));
    t.is(stderr.replaceAll(/\(node:\d+\) \[MODULE_TYPELESS_PACKAGE_JSON\][^]*/g, ''), '');
    t.is(code, 0);
  }
});

test('CommonJS in TypeScript may require an ECMAScript module that imports others', async (t) => {
  // Nodes that remove types and have no sound hooks yet fail at this themselves.
  if (removesTypes && !hasSoundHooks) {
    t.pass();
    return;
  }
  const text = (name: string): string => `const x: string = require('./${name}.mjs').leaf;\n${typed(commonJs(name))}`;
  const program = new ProgramDirectory(t, {
    'a.cts': `${text('a')} import('./b.mjs');`,
    'a.mjs': `export { leaf } from './leaf.mjs';`,
    'b.mjs': `import './c.cts';`,
    'c.cts': text('c'),
    'c.mjs': `export { leaf } from './leaf.mjs?c';`,
    'leaf.mjs': 'export const leaf = 1;',
  });
  const { stdout, stderr, code } = await program.node([...QUIET, '--import', REGISTER, 'a.cts']);
  t.deepEqual([lines(stdout), stderr, code], [compiled('a', 'c'), '', 0]);
});

test('where the parser has no binding JavaScript is compiled, and TypeScript runs as it is, which is said once', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.ts': `import './a.ts'; import './b.mjs'; import './either/c.ts';\n${typed(esm('app'))}`,
    'a.ts': typed(esm('a')),
    'b.mjs': esm('b'),
    'either/package.json': '{}',
    'either/c.ts': typed(esm('c')),
  });
  const args = [...QUIET, '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--import', REGISTER, 'app.ts'];
  const { stdout, stderr, code } = await program.node(args, { env: NO_BINDING });
  t.deepEqual(lines(stdout), ['a plain 1', 'app plain 1', 'b compiled 1', 'c plain 1']);
  t.regex(stderr, /^heddle: left \S+\.ts alone: oxc-parser, [^\n]+ no binding for this machine[^\n]+\n$/);
  t.is(code, 0);
});

test('TypeScript that a program of JavaScript imports is compiled', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { createRequire } from 'node:module';
      import './a.ts?x=1#y.js'; import './c.js?x=y.ts'; createRequire(import.meta.url)('./b.cjs');`,
    'a.ts': typed(esm('a')),
    'b.cjs': `import('./b.mts');`,
    'b.mts': typed(esm('b')),
    // In TypeScript this is a call of `x`.
    'c.js': `const [x, y, z] = [3, 2, 1];\nconst no = x < y > (z);\n${esm('c')}`,
  });
  const { stdout, code } = await program.node([...QUIET, '--import', REGISTER, 'app.mjs']);
  t.deepEqual(lines(stdout), compiled('a', 'b', 'c'));
  t.is(code, 0);
});

test('CommonJS in TypeScript imports a file by the name that it will have once it is compiled', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.cts': `import('./pool.mjs');\n${typed(commonJs('app'))}`,
    'pool.mts': `import './more.js';\n${typed(esm('pool'))}`,
    'more.ts': typed(esm('more')),
  });
  const { stdout, stderr, code } = await program.node([...QUIET, '--import', REGISTER, 'app.cts']);
  t.deepEqual([lines(stdout), stderr, code], [compiled('app', 'more', 'pool'), '', 0]);
});

test('TypeScript finds a file by the name that it will have once it is compiled', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.ts': `import './a.js'; import './b.mjs'; import './c.cjs'; import './both.js';
      await import(\`./lib/\${'d'}.js?query\`);`,
    'a.ts': typed(esm('a')),
    'b.mts': typed(esm('b')),
    'c.cts': `require('./c2.cjs');\n${typed(commonJs('c'))}`,
    'c2.cts': typed(commonJs('c2')),
    'both.ts': 'throw new Error();',
    'both.js': esm('both'),
    'lib/d.ts': `import '../e.js';\n${typed(esm('d'))}`,
    'e.ts': typed(esm('e')),
    'none.ts': `import './none/a.js';`,
    'script.js': `import './a.js';`,
  });
  const start = (file: string): Promise<Outcome> => program.node([...QUIET, '--import', REGISTER, file]);
  for (const which of ['first', 'second']) {
    const { stdout, stderr, code } = await start('app.ts');
    t.deepEqual([lines(stdout), stderr, code], [compiled('a', 'b', 'both', 'c', 'c2', 'd', 'e'), '', 0], which);
  }
  // JavaScript that says so means it, and what is nowhere is called by the name that was written.
  t.regex((await start('script.js')).stderr, /ERR_MODULE_NOT_FOUND/);
  t.regex((await start('none.ts')).stderr, /Cannot find module '[^']*none\/a\.js'[^]*ERR_MODULE_NOT_FOUND/);
});

test('a text that is no program is reported by Node, in its own words', async (t) => {
  const program = new ProgramDirectory(t, {
    'module.mjs': 'function* f() {\n  yield* = 1;\n}\n',
    'script.cjs': 'function* f() {\n  yield* = 1;\n}\n',
  });
  for (const file of ['module.mjs', 'script.cjs']) {
    // Any `--import` has Node load a program in another way, which shows in the trace.
    const plain = await program.node(['--import', 'data:text/javascript,', file]);
    const { stderr, code } = await program.run(file);
    t.is(withoutTrace(stderr), withoutTrace(plain.stderr));
    t.regex(stderr, new RegExp(`${file}:2\\n[^]*SyntaxError: Unexpected token '='`));
    t.is(code, 1);
  }
});

function withoutTrace(stderr: string): string {
  return stderr.replaceAll(/^ {4}at .*\n/gm, '');
}

test('TypeScript whose types cannot be removed is reported with its place', async (t) => {
  const program = new ProgramDirectory(t, {
    'invalid.ts': 'const y = 1;\nconst x: = 1;\n',
    'enum.ts': 'function* f() { yield* g(); }\nenum Colour { Red }\nfunction* h() { yield* f(); }\n',
  });
  for (const [file, code] of [
    ['invalid.ts', 'ERR_INVALID_TYPESCRIPT_SYNTAX'],
    ['enum.ts', 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'],
  ] as const) {
    const { stderr, code: exit } = await program.node([...QUIET, '--import', REGISTER, file]);
    t.regex(stderr, new RegExp(`${file}:2[^]*SyntaxError[^]*${code}`));
    t.false(stderr.includes('heddle:'), stderr);
    t.false(stderr.includes('$site'), 'it quotes what was written');
    t.is(exit, 1);
  }
});

test('TypeScript that is nested too deeply for its types to be removed is reported, and does not harm what follows', async (t) => {
  const deep = `const list: any = ${'['.repeat(3_000)}${']'.repeat(3_000)};`;
  const program = new ProgramDirectory(t, {
    'app.mjs': `await import('./deep.ts').catch((error) => console.log(error.message.split('\\n')[0])); await import('./next.ts');`,
    'deep.ts': typed(esm('deep')) + deep,
    'next.ts': typed(esm('next')),
  });
  const { stdout, stderr, code } = await program.node([...QUIET, '--import', REGISTER, 'app.mjs']);
  const [message, ...others] = lines(stdout);
  // A Node that removes types itself has its say, too.
  if (!(process.features as { typescript?: unknown }).typescript)
    t.regex(message!, /deep\.ts is nested too deeply for its types to be removed/);
  t.deepEqual([others, stderr, code], [compiled('next'), '', 0]);
});

/** Not on Node 20, and no more on 26. */
const TRANSFORM_TYPES = '--experimental-transform-types';
const transformTest = process.allowedNodeEnvironmentFlags.has(TRANSFORM_TYPES) ? test : test.skip;

transformTest('TypeScript of which Node makes more than its types can be removed from is compiled', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.ts': `enum Colour { Red = 1 }\n${typed(esm('app'))}console.log(Colour.Red);`,
  });
  const { stdout } = await program.node([...QUIET, TRANSFORM_TYPES, '--import', REGISTER, 'app.ts']);
  t.is(stdout, 'app compiled 1\n1\n');
});

test('a compiler that does not work leaves programs alone, and says so once', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './a.mjs'; import './b.cjs';`,
    'a.mjs': esm('a'),
    'b.cjs': commonJs('b'),
  });
  // Without the packages that it needs.
  cpSync(fileURLToPath(new URL('.', REGISTER)), join(program.path, 'broken/dist'), { recursive: true });
  cpSync(fileURLToPath(new URL('../package.json', REGISTER)), join(program.path, 'broken/package.json'));
  const { stdout, stderr, code } = await program.node(['--import', './broken/dist/register.js', 'app.mjs']);
  t.deepEqual(lines(stdout), ['a plain 1', 'b plain 1']);
  // Each of the two threads, where there are two.
  const once = /^heddle: left \/.*\/a.mjs alone: Cannot find package '.*\n$/;
  t.regex(stderr, hasSoundHooks || readsByFs ? once : /^(?:heddle: left \/.* alone: .*\n){2}$/);
  t.is(code, 0);
});

test('packages are left alone, except those that are named', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import 'one'; import '@scope/two'; import 'three'; ${esm('app')}`,
    'node_modules/one/package.json': '{ "type": "module", "exports": "./index.js" }',
    'node_modules/one/index.js': esm('one'),
    'node_modules/@scope/two/package.json': '{ "exports": "./index.cjs" }',
    'node_modules/@scope/two/index.cjs': `require('below');\n${commonJs('two')}`,
    'node_modules/@scope/two/node_modules/below/index.js': commonJs('below'),
    'node_modules/three/index.js': commonJs('three'),
  });
  const says = async (HEDDLE_COMPILE?: string): Promise<string[]> =>
    lines((await program.run('app.mjs', { env: { HEDDLE_COMPILE } })).stdout);
  const plain = ['app compiled 1', 'below plain 1', 'one plain 1', 'three plain 1', 'two plain 1'];
  t.deepEqual(await says(), plain);
  t.deepEqual(
    await says('one, @scope/two'),
    plain.map((line) => (/^(one|two)/.test(line) ? line.replace('plain', 'compiled') : line)),
  );
  t.deepEqual(
    await says('0'),
    plain.map((line) => line.replace('compiled', 'plain')),
  );
});

test('heddle itself is never compiled, also where it is linked or named', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { sleep, spawn } from 'heddle'; import * as all from 'heddle';
      const generators = Object.values(all).filter((one) => one?.constructor?.name === 'GeneratorFunction');
      console.log(generators.length > 0, generators.filter((one) => /[$](site|pause)/.test(one)).length);`,
  });
  mkdirSync(join(program.path, 'node_modules'));
  symlinkSync(dirname(fileURLToPath(new URL('.', REGISTER))), join(program.path, 'node_modules/heddle'));
  for (const HEDDLE_COMPILE of ['', 'heddle']) {
    const { stdout } = await program.run('app.mjs', { env: { HEDDLE_COMPILE } });
    t.is(stdout, 'true 0\n');
  }
});

test('the modules of worker threads are compiled', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { Worker } from 'node:worker_threads';
      for (const file of ['./a.mjs', './b.cjs', './c.mts']) new Worker(new URL(file, import.meta.url));`,
    'a.mjs': esm('a'),
    'b.cjs': commonJs('b'),
    'c.mts': typed(esm('c')),
  });
  const { stdout, stderr } = await program.node([...QUIET, '--import', REGISTER, 'app.mjs']);
  t.deepEqual(lines(stdout), compiled('a', 'b', 'c'));
  t.is(stderr, '');
});

test('what is registered twice compiles once', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './b.cjs';\n${esm('app')}console.log(app.toString().split(/[$]site/).length);`,
    'b.cjs': `${commonJs('b')}console.log(b.toString().split(/[$]site/).length);`,
  });
  const { stdout } = await program.node(['--import', REGISTER, '--import', `${REGISTER}?again`, 'app.mjs']);
  t.deepEqual(lines(stdout), ['2', '2', ...compiled('app', 'b')]);
});

test('a program can import what the compiler needs itself, at the same moment', async (t) => {
  const program = new ProgramDirectory(t, {
    'static.mjs': `import 'magic-string'; import './a.mjs'; import 'oxc-parser'; import './b.cjs';`,
    'dynamic.mjs': `await Promise.all(['magic-string', './a.mjs', 'oxc-parser', './b.cjs'].map((name) => import(name)));`,
    'a.mjs': esm('a'),
    'b.cjs': commonJs('b'),
  });
  symlinkSync(fileURLToPath(new URL('../node_modules', REGISTER)), join(program.path, 'node_modules'));
  for (const file of ['static.mjs', 'dynamic.mjs']) {
    const { stdout, stderr, code } = await program.run(file, { env: { HEDDLE_CACHE: '0' } });
    t.deepEqual(lines(stdout), compiled('a', 'b'));
    t.deepEqual([stderr, code], ['', 0]);
  }
});

test('a program that reads its own files gets them as they are', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { promises } from 'node:fs';
      const text = await promises.readFile(new URL(import.meta.url));
      console.log(/[$]site[(]/.test(text));\n${esm('app')}`,
  });
  t.is((await program.run('app.mjs')).stdout, `false\napp compiled 1\n`);
});

test('errors have the lines of the source', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `function* inner() {}\nfunction* outer() {\n  for (;;) {\n    yield* inner();\n    throw new Error('here');\n  }\n}\n[...outer()];`,
  });
  t.regex((await program.run('app.mjs')).stderr, /app\.mjs:5:\d+\)[^]*app\.mjs:8:/);
});

/** Its name changed with Node 22. */
const PERMISSION = process.allowedNodeEnvironmentFlags.has('--permission')
  ? '--permission'
  : '--experimental-permission';

test('a program that may not have threads runs, and is compiled where no hooks need one', async (t) => {
  const program = new ProgramDirectory(t, { 'app.mjs': esm('app'), 'app.mts': typed(esm('app')) });
  const options = [...QUIET, PERMISSION, '--allow-fs-read=*', '--allow-addons'];
  for (const file of ['app.mjs', 'app.mts']) {
    const { stdout } = await program.node([...options, '--import', REGISTER, file]);
    t.is(stdout, hasSoundHooks || readsByFs ? 'app compiled 1\n' : 'app plain 1\n');
  }
});

test('NODE_OPTIONS can register too, for a whole tree of processes', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { execFileSync } from 'node:child_process';
      ${esm('app')}process.stdout.write(execFileSync(process.execPath, ['child.cjs']));`,
    'child.cjs': commonJs('child'),
  });
  for (const start of ['first', 'second']) {
    const { stdout, stderr } = await program.node(['app.mjs'], { env: { NODE_OPTIONS: `--import ${REGISTER}` } });
    t.deepEqual([stdout, stderr], ['app compiled 1\nchild compiled 1\n', ''], start);
  }
});

const HEDDLE = fileURLToPath(new URL('./cli/main.js', REGISTER));

test('heddle run compiles a program, its fibers too; with --no-compile it does not', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { sleep } from '${new URL('./index.js', REGISTER).href}';
      import './a.cjs';
      ${esm('app')}
      export default function* main() {
        yield* sleep(1);
        console.log(process.argv.slice(2).join());
      }`,
    'a.cjs': commonJs('a'),
    'typed.ts': typed(esm('typed')),
  });
  const run = (...args: string[]): Promise<Outcome> => program.node([...QUIET, HEDDLE, 'run', ...args]);
  t.deepEqual(await run('app.mjs', '--x', 'y'), {
    code: 0,
    stdout: 'a compiled 1\napp compiled 1\n--x,y\n',
    stderr: '',
  });
  t.is((await run('typed.ts')).stdout, 'typed compiled 1\n');
  t.is((await run('--no-compile', 'app.mjs', 'z')).stdout, 'a plain 1\napp plain 1\nz\n');
});

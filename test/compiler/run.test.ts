import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { commonJs, esm, ProgramDirectory, QUIET, REGISTER, typed } from './support/program-directory.js';

const ROOT = fileURLToPath(new URL('..', REGISTER));
const HEDDLE = fileURLToPath(new URL('./cli/main.js', REGISTER));
const NO_WARNINGS = [...QUIET, '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON'];

test('heddle run runs a program with the copy of heddle that it imports', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import { Runtime, sleep } from 'heddle';
      function* waits() { yield* sleep(1); }
      export default function* app(runtime) {
        yield* waits();
        const places = runtime.snapshotNow().nodes.flatMap((node) => node.places);
        console.log(runtime instanceof Runtime, places.some((place) => place?.callee === 'waits'), ...process.argv.slice(2));
      }`,
    'fails.mjs': `import 'heddle'; throw new Error('on purpose');`,
  });
  const copy = join(program.path, 'node_modules/heddle');
  mkdirSync(copy, { recursive: true });
  cpSync(join(ROOT, 'dist'), join(copy, 'dist'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(copy, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(copy, 'node_modules'));
  t.like(await program.node([HEDDLE, 'run', 'app.mjs', 'a', '--b']), {
    code: 0,
    stdout: 'true true a --b\n',
    stderr: '',
  });
  t.like(await program.node([HEDDLE, 'run', '--no-compile', 'app.mjs']), {
    code: 0,
    stdout: 'true false\n',
    stderr: '',
  });
  const { code, stderr } = await program.node([HEDDLE, 'run', 'fails.mjs']);
  t.deepEqual([code, stderr.match(/on purpose/g)?.length], [1, 2]);
});

test('a program that heddle run runs is the same as one that node runs', async (t) => {
  const program = new ProgramDirectory(t, {
    'module.mjs': `console.log(import.meta.main, process.argv.length);`,
    'common.cjs': `console.log(require.main === module, process.mainModule === module, module.id, process.argv.length);`,
    'either/package.json': '{}',
    'either/module.js': `import 'node:fs'; console.log(import.meta.main);`,
    'either/common.js': `console.log(require.main === module);`,
    'throws.mjs': `throw new Error('on purpose');`,
    'throws.cjs': `throw new Error('on purpose');`,
    'catches.mjs': `process.on('uncaughtException', ({ message }) => console.log(message)); throw new Error('on purpose');`,
    'catches.cjs': `process.on('uncaughtException', ({ message }) => console.log(message)); throw new Error('on purpose');`,
    'waits.mjs': `await new Promise(() => {});`,
    'later.mjs': `await null; console.log(import.meta.main); process.exitCode = 7;`,
  });
  for (const file of [
    'module.mjs',
    'common.cjs',
    'either/module.js',
    'either/common.js',
    'throws.mjs',
    'throws.cjs',
    'catches.mjs',
    'catches.cjs',
    'waits.mjs',
    'later.mjs',
  ]) {
    for (const NODE_OPTIONS of ['', '--import data:text/javascript,']) {
      const { code, stdout, stderr } = await program.node([...NO_WARNINGS, file], { env: { NODE_OPTIONS } });
      const run = await program.node([...NO_WARNINGS, HEDDLE, 'run', file], { env: { NODE_OPTIONS } });
      t.deepEqual([run.code, run.stdout], [code, stdout], `${file} ${NODE_OPTIONS}`);
      t.is(run.stderr.match(/on purpose/g)?.length, stderr.match(/on purpose/g)?.length, file);
    }
  }
});

test('heddle run compiles what a program imports, of whatever kind the program is', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './a.mjs';\n${esm('app')}`,
    'app.ts': `import './b.ts';\n${typed(esm('app'))}`,
    'app.cjs': `require('./c.cjs');\n${commonJs('app')}`,
    'app.cts': `require('./c.cjs');\n${typed(commonJs('app'))}`,
    'a.mjs': esm('a'),
    'b.ts': typed(esm('b')),
    'c.cjs': commonJs('c'),
    'either/package.json': '{}',
    'either/app.js': `import '../a.mjs';\n${esm('app')}`,
    'either/app.mts': `import '../b.ts';\n${typed(esm('app'))}`,
    'either/app.ts': `import '../b.ts';\n${typed(esm('app'))}`,
  });
  for (const [file, imported] of [
    ['app.mjs', 'a'],
    ['app.ts', 'b'],
    ['app.cjs', 'c'],
    ['app.cts', 'c'],
    ['either/app.js', 'a'],
    ['either/app.mts', 'b'],
    ['either/app.ts', 'b'],
  ]) {
    const { code, stdout, stderr } = await program.node([...NO_WARNINGS, HEDDLE, 'run', file!]);
    t.deepEqual([code, stdout, stderr], [0, `${imported} compiled 1\napp compiled 1\n`, ''], file);
  }
});

test('heddle run runs the default export of CommonJS, also of what was compiled from a module', async (t) => {
  const body = `function* app() { yield* require('heddle').sleep(1); console.log(require.main === module); }`;
  const program = new ProgramDirectory(t, {
    'own.cjs': `module.exports = ${body};`,
    'compiled.cjs': `Object.defineProperty(exports, '__esModule', { value: true }); exports.default = ${body};`,
    'other.cjs': `exports.default = function* () { console.log('not the default export'); };`,
  });
  mkdirSync(join(program.path, 'node_modules'));
  symlinkSync(ROOT, join(program.path, 'node_modules/heddle'));
  const outputs = ['own.cjs', 'compiled.cjs', 'other.cjs'].map((file) => program.node([HEDDLE, 'run', file]));
  t.deepEqual(
    (await Promise.all(outputs)).map(({ stdout, stderr }) => stdout + stderr),
    ['true\n', 'true\n', ''],
  );
});

test('the children that a program forks are compiled if it is', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.cjs': `const cluster = require('node:cluster');
      const { fork } = require('node:child_process');
      if (cluster.isPrimary) {
        ${commonJs('app')}
        cluster.fork().on('exit', () => fork('./child.mjs'));
      } else {
        ${commonJs('worker')}
        process.exit();
      }`,
    'child.mjs': esm('child'),
  });
  const says = async (...args: string[]): Promise<string> => (await program.node([HEDDLE, 'run', ...args])).stdout;
  t.is(await says('app.cjs'), 'app compiled 1\nworker compiled 1\nchild compiled 1\n');
  t.is(await says('--no-compile', 'app.cjs'), 'app plain 1\nworker plain 1\nchild plain 1\n');
});

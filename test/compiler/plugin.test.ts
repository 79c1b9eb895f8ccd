import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import test from 'ava';
import MagicString from 'magic-string';
import { rollup, type Plugin } from 'rollup';
import * as heddle from 'heddle/plugin';
import { incomingMap } from '#src/compiler/incoming-map.js';
import { bundlers, type Bundling } from './support/bundlers.js';
import { NO_BINDING } from './support/program-directory.js';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const directory = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-bundle-')));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const PROGRAM = {
  'package.json': '{ "type": "module" }',
  'src/main.ts': `import { Runtime, type Operation } from 'heddle';
import { total, type Item } from './total.ts';

const runtime = new Runtime();

function* main(): Operation<number> {
  const items: readonly Item[] = [{ price: 1 }, { price: 2 }];
  return yield* total(items);
}

void runtime.run(main).then((sum) => {
  const places = runtime.snapshotNow().nodes.flatMap((node) => node.places);
  console.log(JSON.stringify({ sum, places }));
});
`,
  'src/total.ts': `import { sleep, type Operation } from 'heddle';

export interface Item {
  readonly price: number;
}

export function* total(items: readonly Item[]): Operation<number> {
  let sum: number = 0;
  for (const { price } of items) {
    yield* sleep(1);
    sum += price;
  }
  return sum;
}
`,
};

interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
  readonly function: string;
  readonly callee: string;
}

/** A directory with a program and, as an installed package, heddle. */
function given(name: string, files: Readonly<Record<string, string>>): string {
  const root = join(directory, name.replaceAll(/\W+/g, '-'));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  mkdirSync(join(root, 'node_modules'), { recursive: true });
  symlinkSync(ROOT, join(root, 'node_modules/heddle'));
  return root;
}

async function built(
  bundler: string,
  name: string,
  files: Readonly<Record<string, string>>,
  more: Partial<Bundling> = {},
) {
  const root = given(name, files);
  const output = join(root, 'out/bundle.mjs');
  await bundlers[bundler]!({ entry: join(root, 'src/main.ts'), output, ...more });
  return { root, output, code: readFileSync(output, 'utf8') };
}

async function printed(output: string): Promise<unknown> {
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [output]);
  if (stderr !== '') throw new Error(stderr);
  return JSON.parse(stdout);
}

/** Where in the sources the `yield*` before this text of the bundle stands. */
function origin(
  output: string,
  code: string,
  text: RegExp,
): { source: string | null; line: number | null; column: number | null } {
  const before = code.slice(0, text.exec(code)!.index).split('\n');
  const map = new TraceMap(readFileSync(`${output}.map`, 'utf8'), `file://${output}.map`);
  const { source, line, column } = originalPositionFor(map, { line: before.length, column: before.at(-1)!.length });
  return { source, line, column };
}

/** The call sites at which fibers waited, as a snapshot of the bundled program shows them. */
function sitesOf({ places }: { places: (Place | null)[] }): string[] {
  const shown = places.filter((place) => place !== null);
  return [...new Set(shown.map((one) => `${one.function} ${one.callee} ${one.file}:${one.line}:${one.column}`))].sort();
}

/** How the bundles name places: the same wherever they are built. */
function shown(root: string, file: string): string {
  return relative('', join(root, file));
}

const SITE = /yield\* ?\(?(?:0, ?)?[\w$.]*site\d*\)?\(/g;

for (const bundler of Object.keys(bundlers)) {
  test.serial(`a TypeScript program is compiled by ${bundler}, and knows its sites`, async (t) => {
    const { root, output, code } = await built(bundler, bundler, PROGRAM);
    t.is(code.match(SITE)?.length, 2, code);
    const result = (await printed(output)) as { sum: number; places: (Place | null)[] };
    t.is(result.sum, 3);
    // A slow machine may show the loop too.
    const sites = sitesOf(result).filter((one) => !one.includes(' for of '));
    const [main, total] = [shown(root, 'src/main.ts'), shown(root, 'src/total.ts')];
    t.deepEqual(sites, [`main total ${main}:8:10`, `total sleep ${total}:10:5`]);
    const { source, line, column } = origin(output, code, /yield\* [^;]*site\d*\)?\([^;]*sleep\)?\(/);
    t.regex(source!, /src\/total\.ts$/);
    t.deepEqual([line, column], [10, 4]);
  });
}

const GENERATOR = 'function* work() { yield* []; }\n';

test.serial('packages are left as they are unless they are named, and heddle is in any case', async (t) => {
  const files = {
    'package.json': PROGRAM['package.json'],
    'src/main.ts': `${GENERATOR} import { a } from 'a'; import { b } from '@b/b'; import { sleep } from 'heddle'; export { a, b, work, sleep };`,
    'node_modules/a/package.json': '{ "name": "a", "type": "module", "main": "a.js" }',
    'node_modules/a/a.js': `${GENERATOR} export { work as a };`,
    'node_modules/@b/b/package.json': '{ "name": "@b/b", "type": "module", "main": "b.js" }',
    'node_modules/@b/b/b.js': `${GENERATOR} export { work as b };`,
  };
  const places = (code: string): string[] => [...code.matchAll(/return \["([^"]*)"/g)].map(([, file]) => file!).sort();
  const [main, b] = ['src/main.ts', 'node_modules/@b/b/b.js'];
  const own = await built('esbuild', 'packages', files, { bundleHeddle: true });
  t.deepEqual(places(own.code), [shown(own.root, main)]);
  t.true(own.code.includes('dist/fibers/suspension.js'));
  const named = await built('esbuild', 'named packages', files, { options: { packages: ['@b/b'] } });
  t.deepEqual(places(named.code), [shown(named.root, b), shown(named.root, main)]);
});

test.serial('modules are included and excluded by pattern', async (t) => {
  for (const [name, options] of [
    ['include', { include: '**/src/total.*' }],
    ['exclude', { exclude: [/main\.ts$/] }],
  ] satisfies [string, heddle.PluginOptions][]) {
    const { output, code } = await built('rollup', name, PROGRAM, { options });
    t.is(code.match(SITE)?.length, 1);
    t.is(((await printed(output)) as { sum: number }).sum, 3);
  }
});

test.serial('CommonJS stays CommonJS, and a script without imports can be compiled', async (t) => {
  const files = {
    'package.json': PROGRAM['package.json'],
    'src/main.ts': `import common from './common.cjs'; import './script.js'; import old from './old/old.js';
      console.log(JSON.stringify([[...common.work()], globalThis.script, [...old()]]));`,
    'src/common.cjs': `exports.work = function* () { return yield* [1]; };`,
    'src/script.js': `function* work() { yield* [2]; } globalThis.script = [...work()];`,
    'src/old/package.json': '{}',
    'src/old/old.js': `module.exports = function* () { yield* [3]; };`,
  };
  for (const bundler of ['esbuild', 'rolldown', 'webpack', 'rspack']) {
    // esbuild cannot have an ECMAScript module require what it does not contain.
    const more = { bundleHeddle: bundler === 'esbuild' };
    const { output, code } = await built(bundler, `commonjs ${bundler}`, files, more);
    t.is(code.match(/function \$?places\w*\(\)/g)?.length, 3);
    t.deepEqual(await printed(output), [[1], [2], [3]], bundler);
  }
});

test.serial('of a syntax error the bundler complains itself', async (t) => {
  const files = { ...PROGRAM, 'src/total.ts': 'export function* total( { yield* 1 }' };
  await t.throwsAsync(built('rolldown', 'syntax error', files), { message: /total\.ts:1/ });
});

test.serial('where the parser has no binding the bundler is told which TypeScript is left alone', async (t) => {
  const root = given('no binding', PROGRAM);
  const script = `import { build } from 'esbuild'; import * as heddle from 'heddle/plugin';
    const { warnings } = await build({ entryPoints: ['${join(root, 'src/total.ts')}'], write: false, logLevel: 'silent', plugins: [heddle.esbuild()] });
    console.log(JSON.stringify(warnings.map(({ text }) => text)));`;
  const options = { cwd: ROOT, env: { ...process.env, ...NO_BINDING } };
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', script], options);
  const [warning, ...others] = JSON.parse(stdout) as string[];
  t.regex(warning!, /^heddle left .*total\.ts alone: oxc-parser, .* has no binding/);
  t.deepEqual(others, []);
});

test.serial('a script that is a part of another file is compiled, and shown as that part', async (t) => {
  const root = given('other language', PROGRAM);
  const id = join(root, 'src/App.vue?vue&type=script&lang.ts');
  const text = `<script lang="ts">\n${GENERATOR} export { work };</script>`;
  const file = new MagicString(text).remove(0, text.indexOf('function')).remove(text.indexOf('</'), text.length);
  const vue: Plugin = {
    name: 'vue',
    resolveId: (source) => (source === id ? source : null),
    load: () => ({
      code: file.toString(),
      map: file.generateMap({ source: 'App.vue', includeContent: true, hires: true }),
    }),
  };
  const bundle = await rollup({ input: id, plugins: [heddle.rollup(), vue], external: /^heddle/ });
  const { output } = await bundle.generate({ format: 'es' });
  t.regex(output[0].code, /\["site",0,2,20,"\[\]","[^"]*src\/App\.vue"\]/);
});

test('what a loader gives as a map is data for another thread, or none', (t) => {
  const given = (inputSourceMap: unknown): unknown => {
    const context = { getNativeBuildContext: () => ({ framework: 'webpack', inputSourceMap }) };
    return structuredClone(incomingMap(context, '/project/src/a.js', 'code'));
  };
  const map = { version: 3, sources: ['/project/a.ts'], names: [], mappings: 'AAAA' };
  const expected = { ...map, sources: ['../a.ts'] };
  for (const one of [map, JSON.stringify(map), { ...map, toString: () => 'a map' }, { toJSON: () => map }])
    t.deepEqual(given(one), expected);
  for (const one of [null, undefined, '', 'no JSON', { ...map, sourcesContent: ['code'] }]) t.is(given(one), null);
  const sections = { version: 3, sections: [{ offset: { line: 0, column: 0 }, map }] };
  for (const one of [sections, {}, 7, { ...map, sources: null }, { ...map, sources: [null, 7] }])
    t.deepEqual(given(one), one);
});

test.serial('a module that is nested deeply ends no build', async (t) => {
  const files = {
    'package.json': PROGRAM['package.json'],
    'src/main.ts': `const list: any = ${'['.repeat(5_000)}${']'.repeat(5_000)}, sum = 1${' + 1'.repeat(150_000)};
      ${GENERATOR} export { list, sum, work };`,
  };
  // Others have the bundler's own parser read it, some with less of a stack.
  const { code } = await built('esbuild', 'nested', files);
  t.regex(code, SITE);
});

test('a directory whose name has a `#` is a directory', async (t) => {
  const { handler } = heddle.rollup().transform as unknown as {
    handler(this: object, code: string, id: string): Promise<{ map: { sources: string[] } } | null>;
  };
  const made = (id: string): unknown => handler.call({}, 'export function* f() { yield* g(); }', id);
  t.is(await made('/c#/node_modules/x/i.js'), null);
  t.like(await made('/c#/app.js?query'), { map: { sources: ['/c#/app.js'] } });
});

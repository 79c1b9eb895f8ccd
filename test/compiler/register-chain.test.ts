import { Buffer } from 'node:buffer';
import test from 'ava';
import { hasSoundHooks } from '#src/compiler/loader/node-abilities.js';
import { commonJs, esm, ProgramDirectory, QUIET, REGISTER, TSX, typed } from './support/program-directory.js';

/** Says where an error in a fiber function comes from. */
const FAILING = `interface Row { value: number }
function* inner(row: Row): Generator<never, number> {
  return row.value;
}
export function* outer(): Generator<never, void> {
  for (;;) { const x: number = yield* inner({ value: 1 } as Row); if (x > 0) throw new Error('here'); }
}
try {
  outer().next();
} catch (error) {
  console.log((error as Error).stack!.split('\\n')[1], /[$]site[(]/.test(String(outer)));
}
`;
const COLUMN = FAILING.split('\n')[5]!.indexOf('new Error') + 1;

for (const order of ['before', 'after']) {
  test(`tsx that is registered ${order} heddle works with it`, async (t) => {
    const program = new ProgramDirectory(t, {
      'app.ts': `import './a.mts'; import './b.cjs'; import './failing.ts'; enum Colour { Red = 1 }
        ${typed(esm('app'))} console.log(Colour.Red);`,
      'a.mts': typed(esm('a')),
      'b.cjs': `require('./c.cjs');${commonJs('b')}`,
      'c.cjs': commonJs('c'),
      'failing.ts': FAILING,
    });
    const loaders = order === 'before' ? [TSX, REGISTER] : [REGISTER, TSX];
    const { stdout, stderr } = await program.node([...loaders.flatMap((one) => ['--import', one]), 'app.ts']);
    t.deepEqual(stdout.split('\n').filter(Boolean), [
      'a compiled 1',
      'c compiled 1',
      'b compiled 1',
      `    at outer (${program.path}/failing.ts:6:${COLUMN}) true`,
      'app compiled 1',
      '1',
    ]);
    t.is(stderr, '');
  });
}

test('with --enable-source-maps errors have the places of the TypeScript', async (t) => {
  const program = new ProgramDirectory(t, { 'failing.ts': FAILING });
  for (const start of ['first', 'second']) {
    const options = [...QUIET, '--enable-source-maps', '--import', REGISTER];
    const { stdout } = await program.node([...options, 'failing.ts']);
    t.is(stdout, `    at outer (${program.path}/failing.ts:6:${COLUMN}) true\n`, start);
  }
  const { stdout } = await program.node([...QUIET, '--import', REGISTER, 'failing.ts']);
  t.regex(stdout, /failing\.ts:6:\d+\) true\n$/, 'without it they have the line');
});

/** What a compiler might make of FAILING: lines and columns are others, and a map says which. */
const EMITTED = `function* inner(row) { return row.value; }
export function* outer() { yield* inner({ value: 1 }); throw new Error('here'); }
try { outer().next(); } catch (error) { console.log(error.stack.split('\\n')[1], /[$]site[(]/.test(outer)); }
`;
const MAP = {
  version: 3,
  sourceRoot: '../src',
  sources: ['failing.ts'],
  names: [],
  // The second line came from the fifth, what comes after the `throw` in it from the sixth.
  mappings: `AACA;${segment(0, 3, 0)},${segment(EMITTED.split('\n')[1]!.indexOf('new Error'), 1, COLUMN - 1)}`,
};

/** One of a source map: how many columns after the last, and to which original line and column after the last. */
function segment(...[columns, lines, originals]: [number, number, number]): string {
  return [columns, 0, lines, originals].map(encode).join('');
}

/** A number ≥ 0 in base 64, five bits a digit; the lowest bit is the sign. */
function encode(value: number): string {
  const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  let text = '';
  for (let rest = value * 2; ; rest >>>= 5) {
    if (rest < 32) return text + digits[rest];
    text += digits[(rest & 31) | 32];
  }
}

test('a source map that a compiler wrote is carried on, in the text or in a file', async (t) => {
  const inline = `data:application/json;base64,${Buffer.from(JSON.stringify(MAP)).toString('base64')}`;
  const program = new ProgramDirectory(t, {
    'dist/inline.js': `${EMITTED}//# sourceMappingURL=${inline}\n`,
    'dist/file.js': `${EMITTED}//# sourceMappingURL=file.js.map\n`,
    'dist/file.js.map': JSON.stringify(MAP),
    'dist/none.js': `${EMITTED}//# sourceMappingURL=none.js.map\n`,
  });
  const place = async (file: string): Promise<string> =>
    (await program.node(['--enable-source-maps', '--import', REGISTER, file])).stdout;
  t.is(await place('dist/inline.js'), `    at outer (${program.path}/src/failing.ts:6:${COLUMN}) true\n`);
  t.is(await place('dist/file.js'), `    at outer (${program.path}/src/failing.ts:6:${COLUMN}) true\n`);
  t.regex(await place('dist/none.js'), /dist\/none.js:2:\d+\) true\n$/);
  // A map that is written anew counts, though the text is the same.
  program.write({ 'dist/file.js.map': JSON.stringify({ ...MAP, sources: ['other.ts'] }) });
  t.is(await place('dist/file.js'), `    at outer (${program.path}/src/other.ts:6:${COLUMN}) true\n`);
  // So does one that was not there, or was no map.
  program.write({ 'dist/none.js.map': '{' });
  t.regex(await place('dist/none.js'), /dist\/none.js:2:\d+\) true\n$/);
  program.write({ 'dist/none.js.map': JSON.stringify(MAP) });
  t.is(await place('dist/none.js'), `    at outer (${program.path}/src/failing.ts:6:${COLUMN}) true\n`);
});

test('the hooks of others see what is compiled, and what they make is compiled', async (t) => {
  const program = new ProgramDirectory(t, {
    'app.mjs': `import './virtual.mjs';\n${esm('app')}`,
    'hooks.mjs': `export async function resolve(specifier, context, next) {
        return specifier === './virtual.mjs' ? { url: new URL('virtual.mjs', context.parentURL).href, format: 'module', shortCircuit: true } : next(specifier, context);
      }
      export async function load(url, context, next) {
        return url.endsWith('virtual.mjs') ? { format: 'module', source: ${JSON.stringify(esm('virtual'))}, shortCircuit: true } : next(url, context);
      }`,
    'register-hooks.mjs': `import module from 'node:module';\nmodule.register('./hooks.mjs', import.meta.url);`,
  });
  for (const loaders of [['./register-hooks.mjs', REGISTER], ['./register-hooks.mjs', REGISTER].toReversed()]) {
    // An outer hook that ends the chain is not seen by an inner one.
    if (!hasSoundHooks && loaders[0] === REGISTER) continue;
    const { stdout } = await program.node([
      '--no-deprecation',
      ...loaders.flatMap((one) => ['--import', one]),
      'app.mjs',
    ]);
    t.is(stdout, 'virtual compiled 1\napp compiled 1\n');
  }
});

import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { ModuleToCompile } from '#src/compiler/loader/compile-source.js';
import { LookAhead } from '#src/compiler/loader/look-ahead.js';
import { commonJs, esm, ProgramDirectory, typed } from './support/program-directory.js';

/** Looks as far as it can. `made` says what was compiled, in that order, and `ask` asks for it. */
function lookAhead(t: ExecutionContext, files: Readonly<Record<string, string>>, program = 'app.mjs') {
  const directory = new ProgramDirectory(t, files);
  const made: ModuleToCompile[] = [];
  const prospect = {
    program: join(directory.path, program),
    own: 'file:///heddle/',
    packages: [],
    runtime: 'file:///heddle/compiled.js',
    maps: false,
    file: null,
  };
  const ahead = new LookAhead(prospect, (module) => {
    made.push(module);
    return { compiled: { code: `compiled ${module.text}`, kind: 'module' }, complaints: [] };
  });
  const base = `${pathToFileURL(directory.path).href}/`;
  return {
    ahead,
    names: () => made.map(({ url }) => url.replace(base, '')),
    ask: (name: string, text: string) => {
      const url = base + name;
      return ahead.take({ ...made[0]!, url, kind: 'module', text })?.compiled?.code;
    },
  };
}

test('what a program imports is compiled in the order in which it is imported', (t) => {
  const { ahead, names } = lookAhead(t, {
    'app.mjs': `import './b.mjs';\nimport x from "./c.mjs?x=1#y";\nexport * from './d/e.js';\nimport 'heddle';`,
    'b.mjs': `import './missing.mjs';import './c.mjs';\nimport './plain.mjs';${esm('b')}`,
    'c.mjs': esm('c'),
    'd/e.js': `import '../b.mjs';\nimport './app.mjs';${esm('e')}`,
    'plain.mjs': `export const yes = 1;`,
    'node_modules/p/p.mjs': esm('p'),
  });
  while (ahead.step());
  t.deepEqual(names(), ['b.mjs', 'c.mjs?x=1#y', 'd/e.js', 'c.mjs']);
});

test('what is imported for its types alone is not', (t) => {
  const { ahead, names } = lookAhead(
    t,
    {
      'app.mts': [
        `import type { A } from './a.mjs'`,
        `import type * as b from "./a.mjs"`,
        `export type { C } from './a.mjs';`,
        `import type D, { type E } from './a.mjs';`,
        `export type F = number`,
        `import type from './type.mjs';`,
        `import { type G, g } from './g.mjs';`,
      ].join('\n'),
      'a.mjs': esm('a'),
      'type.mjs': esm('type'),
      'g.mjs': esm('g'),
    },
    'app.mts',
  );
  while (ahead.step());
  t.deepEqual(
    names().filter((name) => name !== 'app.mts'),
    ['type.mjs', 'g.mjs'],
  );
});

test('what TypeScript imports by the name that it will have once it is compiled is, too', (t) => {
  const { ahead, names } = lookAhead(
    t,
    { 'app.mts': `import './a.mjs'; import './b.mjs';`, 'a.mts': typed(esm('a')), 'b.mjs': esm('b'), 'b.mts': '' },
    'app.mts',
  );
  while (ahead.step());
  t.deepEqual(
    names().filter((name) => name !== 'app.mts'),
    ['a.mts', 'b.mjs'],
  );
});

test('so is what CommonJS requires, without the end of its name', (t) => {
  const { ahead, names } = lookAhead(
    t,
    {
      'app.cjs': `require('./b'), require ( "./c" ); require('../node_modules/p/p.js')`,
      'b.js': commonJs('b'),
      'c/index.js': commonJs('c'),
      'node_modules/p/p.js': commonJs('p'),
    },
    'app.cjs',
  );
  while (ahead.step());
  t.deepEqual(names(), ['b.js', 'c/index.js']);
});

test('what is not JavaScript or TypeScript by its name is not looked at', (t) => {
  const { ahead, names } = lookAhead(
    t,
    {
      'app.cjs': `require('./a.css');require('./b.md');require('./c.json');require('./d.wasm');require('./e');require('./f.js/g')`,
      'a.css': commonJs('a'),
      'b.md': commonJs('b'),
      'c.json': commonJs('c'),
      'd.wasm': commonJs('d'),
      e: commonJs('e'),
      'f.js/g': commonJs('g'),
    },
    'app.cjs',
  );
  while (ahead.step());
  t.deepEqual(names(), ['e', 'f.js/g']);
});

test('it is given out if it is what was asked for, once', (t) => {
  const { ahead, ask } = lookAhead(t, { 'app.mjs': esm('app') });
  while (ahead.step());
  t.is(ask('app.mjs', esm('app')), `compiled ${esm('app')}`);
  t.is(ask('app.mjs', esm('app')), undefined);
});

test('what was asked for before is not compiled once more', (t) => {
  const { ahead, ask, names } = lookAhead(t, {
    'app.mjs': `import './b.mjs';import './c.mjs';${esm('app')}`,
    'b.mjs': esm('b'),
    'c.mjs': esm('c'),
  });
  t.true(ahead.step());
  t.is(ask('b.mjs', esm('b')), undefined);
  while (ahead.step());
  t.deepEqual(names(), ['app.mjs', 'c.mjs']);
});

test('where others change modules first nothing is guessed any more', (t) => {
  const { ahead, ask, names } = lookAhead(t, {
    'app.mjs': `import './b.mjs';${esm('app')}`,
    'b.mjs': esm('b'),
  });
  t.true(ahead.step());
  t.is(ask('app.mjs', 'changed'), undefined);
  t.false(ahead.step());
  t.deepEqual(names(), ['app.mjs']);
});

test('a program that is not there is no harm', (t) => {
  const { ahead } = lookAhead(t, {}, 'nowhere.mjs');
  t.false(ahead.step());
});

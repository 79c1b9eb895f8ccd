import { execFile } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

/**
 * The programs of the README and of other pages compile, and those that end print what their comments say. They are put below
 * `build`, from where `heddle` means this package.
 */
const directory = join('build', 'readme');
const run = promisify(execFile);

const chapters = [
  'http',
  'testing',
  'graph',
  'production',
  'errors',
  'scheduling',
  'internals',
  'promises',
  'async-context',
  'cls-hooked',
  'effect',
  'fp-ts',
  'frameworks',
  'node-http',
  'express',
  'fastify',
  'hono',
  'websockets',
];
const pages = ['README.md', ...chapters.map((name) => `docs/${name}.md`)]
  .map((file) => readFileSync(file, 'utf8'))
  .join('\n');

/** Every TypeScript block that is a whole program. */
const programs = [...pages.matchAll(/```ts\n(.*?)```/gs)]
  .map(([, source]) => source!)
  .filter((source) => source.includes('import '));

test.before(async () => {
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { recursive: true });
  programs.forEach((source, index) => writeFileSync(join(directory, `program-${index}.ts`), source));
  const config = {
    extends: '../../tsconfig.json',
    compilerOptions: {
      rootDir: '.',
      outDir: 'out',
      composite: false,
      isolatedDeclarations: false,
      declaration: false,
      declarationMap: false,
    },
    include: ['*.ts'],
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  await run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', directory]).catch((error) => {
    throw new Error(`the pages do not compile:\n${error.stdout}`);
  });
});

test('the README leads to every page of docs', (t) => {
  const readme = readFileSync('README.md', 'utf8');
  const missing = readdirSync('docs').filter((name) => name.endsWith('.md') && !readme.includes(`](docs/${name})`));
  t.deepEqual(missing, []);
});

test('the README has programs', (t) => {
  t.true(programs.length >= 5);
});

// One at a time: many processes at once would be too slow for the timeouts in them.
programs.forEach((source, index) => {
  if (source.includes('main(')) return;
  test.serial(`program ${index} of the pages prints what it says`, async (t) => {
    const { stdout } = await run(process.execPath, [join(directory, 'out', `program-${index}.js`)]);
    const said = [...source.matchAll(/console\.log\(.*\); \/\/ ([^,\n]*)/g)].map(([, value]) => value);
    t.deepEqual(
      stdout
        .trim()
        .split('\n')
        .slice(0, said.length || undefined),
      said.length > 0 ? said : ['spin', 'weave'],
    );
  });
});

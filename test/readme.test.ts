import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';

/**
 * The programs of the README and of other pages compile, and those that end print what their comments say. They are put below
 * `build`, from where `heddle` means this package.
 */
const directory = join('build', 'readme');
const run = promisify(execFile);

const chapters = readdirSync('docs').filter((name) => name.endsWith('.md'));
const pages = new Map(
  ['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...chapters.map((name) => `docs/${name}`)].map((file) => [
    file,
    readFileSync(file, 'utf8'),
  ]),
);

/** Every TypeScript block that is a whole program. */
const programs = [...[...pages.values()].join('\n').matchAll(/```ts\n(.*?)```/gs)]
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
  const readme = pages.get('README.md')!;
  t.deepEqual(
    chapters.filter((name) => !readme.includes(`](docs/${name})`)),
    [],
  );
});

/** A page without its blocks of code, in which nothing is a heading or a link. */
const prose = (text: string): string => text.replaceAll(/```.*?```/gs, '');

/** The anchor that GitHub gives a heading. */
const anchorOf = (heading: string): string =>
  heading
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}_ -]/gu, '')
    .replaceAll(' ', '-');

test('links between pages lead to files and headings that are there', (t) => {
  const anchors = new Map(
    [...pages].map(([file, text]) => [file, [...prose(text).matchAll(/^#+ (.*)$/gm)].map(([, one]) => anchorOf(one!))]),
  );
  const broken: string[] = [];
  for (const [file, text] of pages)
    for (const [, link] of prose(text).matchAll(/\]\(([^)\s]+)\)/g)) {
      const [path = '', anchor] = link!.split('#');
      if (/^https?:/.test(path)) continue;
      const to = path === '' ? file : join(dirname(file), path);
      const known = anchor === undefined || anchors.get(to)?.includes(anchor);
      if (!existsSync(to) || !known) broken.push(`${file}: ${link}`);
    }
  t.deepEqual(broken, []);
});

test('links lead to files that are in the archive of `npm pack`, as the pages are', (t) => {
  const { files } = JSON.parse(readFileSync('package.json', 'utf8')) as { files: string[] };
  const missing: string[] = [];
  for (const [file, text] of pages)
    for (const [, link] of prose(text).matchAll(/\]\(([^)#\s]+)/g)) {
      const to = join(dirname(file), link!);
      if (/^https?:/.test(link!) || files.some((one) => to === one || to.startsWith(`${one}/`))) continue;
      missing.push(`${file}: ${link}`);
    }
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

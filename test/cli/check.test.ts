import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'ava';
import { NO_BINDING } from '../compiler/support/program-directory.js';
import { heddle } from './command.js';
import { matchesGolden } from './golden.js';

const SERVER = `import { main, sleep, type Operation } from 'heddle';
import { listen, type Connection } from 'heddle/net';
import { greet } from './greet.js';

main(function* () {
  const server = yield listen({ port: 7000 });
  yield* server.serve(handle);
});

function* handle(connection: Connection): Operation<void> {
\tsleep(10);
  if (greet(connection)) yield* connection.end();
}
`;
const GREET = `export function* greet(connection) {
  yield* connection.write('hello\\n');
}

greet(null);
`;

/** A directory of its own with these files. */
function directoryWith(files: Readonly<Record<string, string>>): string {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-check-'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(directory, name)), { recursive: true });
    writeFileSync(join(directory, name), text);
  }
  return directory;
}

const directories: string[] = [];
test.after.always(() => directories.forEach((one) => rmSync(one, { recursive: true, force: true })));

function given(files: Readonly<Record<string, string>>): string {
  const directory = directoryWith(files);
  directories.push(directory);
  return directory;
}

test('slips are shown with their code and a summary, with exit code 1', async (t) => {
  const cwd = given({ 'server.ts': SERVER, 'greet.js': GREET });
  const { code, stdout, stderr } = await heddle(['check'], { cwd });
  t.deepEqual([code, stderr], [1, '']);
  matchesGolden(t, 'check.txt', stdout);
});

test('slips are fixed, and what is left is shown', async (t) => {
  const cwd = given({ 'server.ts': SERVER, 'greet.js': GREET });
  const { code, stdout } = await heddle(['check', '--fix', '.'], { cwd });
  t.is(code, 1);
  matchesGolden(t, 'check-fix.txt', stdout);
  matchesGolden(t, 'check-fixed.txt', readFileSync(join(cwd, 'server.ts'), 'utf8'));
  t.is(readFileSync(join(cwd, 'greet.js'), 'utf8'), GREET);
  const again = await heddle(['check', 'server.ts'], { cwd });
  t.deepEqual([again.code, again.stdout], [0, '1 file checked, nothing found\n']);
});

test('slips are printed as JSON', async (t) => {
  const cwd = given({ 'server.ts': SERVER, 'greet.js': GREET });
  const { code, stdout } = await heddle(['check', '--json'], { cwd });
  t.is(code, 1);
  const { format, version, files, findings } = JSON.parse(stdout) as {
    format: string;
    version: number;
    files: number;
    findings: {
      file: string;
      line: number;
      column: number;
      kind: string;
      fix: { start: number; end: number; text: string }[] | null;
    }[];
  };
  t.deepEqual([format, version, files], ['heddle.check', 1, 2]);
  t.deepEqual(
    findings.map(({ file, line, column, kind, fix }) => [file, line, column, kind, fix?.length ?? 0]),
    [
      ['greet.js', 5, 1, 'dropped', 0],
      ['server.ts', 6, 24, 'yielded', 1],
      ['server.ts', 11, 2, 'dropped', 1],
      ['server.ts', 12, 7, 'tested', 1],
    ],
  );
});

test('packages, builds, declarations and what Git ignores are left out, unless a file is named', async (t) => {
  const slip = "import { sleep } from 'heddle'; sleep(1);\n";
  const cwd = given({
    'src/a.mts': slip,
    'src/a.d.mts': slip,
    'src/a.txt': slip,
    'dist/a.js': slip,
    'node_modules/a/a.js': slip,
    'src/generated/a.js': slip,
    '.gitignore': 'generated/\n',
  });
  symlinkSync('circle.js', join(cwd, 'src/circle.js'));
  const files = async (...args: string[]): Promise<number> =>
    (JSON.parse((await heddle(['check', '--json', ...args], { cwd })).stdout) as { files: number }).files;
  t.is(await files(), 2);
  t.is(await files('src/a.mts', 'dist/a.js'), 2);
  // Without Git nothing can be ignored.
  if (spawnSync('git', ['init', '--quiet'], { cwd }).status !== 0) return;
  t.is(await files(), 1);
  t.is(await files('src', 'src/generated/a.js'), 2);
});

test('a syntax error is a finding', async (t) => {
  const cwd = given({ 'a.js': 'const a = ;\n' });
  const { code, stdout } = await heddle(['check'], { cwd });
  t.is(code, 1);
  t.regex(stdout, /^a\.js:1:11: .+\n> 1 \| const a = ;\n {4}\| {11}\^\n\n1 file checked, 1 slip in 1 file\n$/);
});

test('wrong usage is told in one line, with exit code 2', async (t) => {
  const cwd = given({ 'a.txt': 'some words' });
  symlinkSync('circle.js', join(cwd, 'circle.js'));
  for (const [args, message] of [
    [['circle.js'], /^heddle: ELOOP: [^\n]*\n$/],
    [['a.txt'], /^heddle: `a\.txt` is no JavaScript or TypeScript: give a file that is, such as `server\.ts`\n$/],
    [['nowhere.js'], /^heddle: There is no file or directory `nowhere\.js`/],
    [[], /^heddle: there are no JavaScript or TypeScript files in \.\n/],
    [['--wrong'], /^heddle: unknown option '--wrong'/],
  ] as const) {
    const { code, stdout, stderr } = await heddle(['check', ...args], { cwd });
    t.deepEqual([code, stdout], [2, '']);
    t.regex(stderr, message);
  }
});

test('that nothing could be checked for want of a parser is told with exit code 2', async (t) => {
  const cwd = given({ 'a.ts': GREET });
  const { code, stdout, stderr } = await heddle(['check'], { cwd, env: NO_BINDING });
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /^heddle: oxc-parser, [^\n]+ has no binding for this machine[^\n]+\n$/);
});

test('escape sequences in what is checked do not reach the terminal', async (t) => {
  const cwd = given({ 'a.js': "import { sleep } from 'heddle'; '\u001b[2J'; sleep(1);\n" });
  t.false((await heddle(['check'], { cwd })).stdout.includes('\u001b'));
});

test('a file is checked however deeply it is nested, in brackets or in a sum', async (t) => {
  const cwd = given({
    'greet.js': GREET,
    'deep.ts': `type A = ${'A<'.repeat(20_000)}A${'>'.repeat(20_000)};\n${'function f() {'.repeat(10_000)}${'}'.repeat(10_000)}`,
    'deeper.js': `import { sleep } from 'heddle'; a${' + a'.repeat(500_000)}; sleep(1); b${'.c()'.repeat(50_000)};`,
  });
  const { code, stdout, stderr } = await heddle(['check', '--json'], { cwd });
  t.deepEqual([code, stderr], [1, '']);
  const { findings } = JSON.parse(stdout) as { findings: { file: string; kind: string; message: string }[] };
  t.deepEqual(
    findings.map(({ file, kind, message }) => [file, kind, message]),
    [
      ['deeper.js', 'dropped', findings[0]!.message],
      ['greet.js', 'dropped', findings[1]!.message],
    ],
  );
});

test('a file that is not in UTF-8 is said and left as it is, and the others are checked and fixed', async (t) => {
  const cwd = given({ 'server.ts': SERVER, 'greet.js': GREET });
  const latin1 = Buffer.from(
    "import { sleep } from 'heddle';\nconst greeting = 'gr\u00fc\u00dfe';\nsleep(1);\n",
    'latin1',
  );
  writeFileSync(join(cwd, 'latin1.js'), latin1);
  const { code, stdout, stderr } = await heddle(['check', '--fix', '--json'], { cwd });
  t.deepEqual([code, stderr], [1, '']);
  t.deepEqual(readFileSync(join(cwd, 'latin1.js')), latin1);
  const { files, fixed, findings } = JSON.parse(stdout) as {
    files: number;
    fixed: number;
    findings: { file: string; line: number; column: number; kind: string; message: string }[];
  };
  t.deepEqual([files, fixed], [3, 3]);
  t.deepEqual(
    findings.map(({ file, line, column, kind }) => [file, line, column, kind]),
    [
      ['greet.js', 5, 1, 'dropped'],
      ['latin1.js', 2, 21, 'syntax'],
    ],
  );
  t.is(findings[1]!.message, 'Not in UTF-8, and so not checked: save it as that');
  matchesGolden(t, 'check-fixed.txt', readFileSync(join(cwd, 'server.ts'), 'utf8'));
});

test('nothing is written where a file that was named is no program', async (t) => {
  const cwd = given({ 'a.txt': 'some words', 'server.ts': SERVER });
  const { code, stdout, stderr } = await heddle(['check', '--fix', 'server.ts', 'a.txt'], { cwd });
  t.deepEqual([code, stdout], [2, '']);
  t.regex(stderr, /`a\.txt` is no JavaScript or TypeScript/);
  t.is(readFileSync(join(cwd, 'server.ts'), 'utf8'), SERVER);
});

/** Windows has none in its file systems. */
const pipeTest = process.platform === 'win32' ? test.skip : test;

pipeTest('a pipe or a device is refused where it is named, and passed over where it is imported', async (t) => {
  const cwd = given({ 'a.js': "import { f } from './pipe.js'; f();\n" });
  spawnSync('mkfifo', ['pipe.js'], { cwd });
  t.like(await heddle(['check', 'a.js'], { cwd }), { code: 0, stderr: '' });
  for (const file of ['pipe.js', '/dev/zero']) {
    const { code, stdout, stderr } = await heddle(['check', file], { cwd });
    t.deepEqual([code, stdout], [2, '']);
    t.is(stderr, `heddle: Cannot read \`${file}\`: it is a pipe or a device\n`);
  }
});

test('what a repository would have run is not', async (t) => {
  const cwd = given({ 'a.js': '' });
  const git = (...args: string[]): number | null => spawnSync('git', args, { cwd }).status;
  if (git('init') !== 0) return void t.pass('there is no Git');
  git('add', '.');
  const ran = join(cwd, 'ran');
  git('config', 'core.fsmonitor', `echo > '${ran}'; false`);
  t.like(await heddle(['check'], { cwd }), { code: 0, stderr: '' });
  t.false(existsSync(ran));
});

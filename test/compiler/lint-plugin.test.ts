import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Linter, type ESLint } from 'eslint';
import test from 'ava';
import byDefault, * as heddle from 'heddle/eslint-plugin';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const directory = mkdtempSync(join(tmpdir(), 'heddle-lint-'));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

const SLIPS = `import { run, sleep, spawn } from 'heddle';
run(function* () {
  const text = 'é😀'; sleep(1);
  if (sleep(2)) yield spawn(work);
  void sleep(3);
  return (yield* spawn(work)).join();
});
function* work() { yield* sleep(1); }
`;
const FIXED = SLIPS.replace('sleep(1)', 'yield* sleep(1)')
  .replace('if (sleep', 'if (yield* sleep')
  .replace('yield spawn', 'yield* spawn')
  .replace('return', 'return yield*');
const PLACES = [
  [3, 23],
  [4, 7],
  [4, 23],
  [6, 10],
];

const plugins: Record<string, ESLint.Plugin> = { heddle };

function lint(code: string, options: unknown[] = []): Linter.LintMessage[] {
  return new Linter().verify(code, [{ plugins, rules: { 'heddle/no-floating-operation': ['error', ...options] } }]);
}

test('the rule reports to ESLint what the check finds, with a suggestion', (t) => {
  const messages = lint(SLIPS);
  t.deepEqual(
    messages.map(({ line, column }) => [line, column]),
    PLACES,
  );
  t.is(messages[0]!.message, '`sleep(…)` makes an operation that nobody runs: write `yield* sleep(…)`');
  t.is(messages[0]!.endColumn, 31);
  t.true(
    messages.every(({ fix }) => fix === undefined),
    'a fix changes what the program does',
  );
  t.deepEqual(
    messages[0]!.suggestions?.map(({ fix }) => fix.text.trim()),
    ['yield*'],
  );
  t.deepEqual(lint(FIXED), []);
});

test('the rule needs no more of the stack than ESLint does', (t) => {
  for (const text of [`''${" + 'a'".repeat(2_000)}`, `a${'.b()'.repeat(1_000)}`])
    t.is(lint(`import { sleep } from 'heddle';\nf(${text});\nsleep(1);`).length, 1);
});

test('the rule fixes when it is asked to', (t) => {
  const config: Linter.Config = { plugins, rules: { 'heddle/no-floating-operation': ['error', { fix: true }] } };
  const { fixed, output, messages } = new Linter().verifyAndFix(SLIPS, [config]);
  t.deepEqual([fixed, messages], [true, []]);
  t.is(output, FIXED);
});

test('the rule fixes code without semicolons', (t) => {
  const config: Linter.Config = { plugins, rules: { 'heddle/no-floating-operation': ['error', { fix: true }] } };
  const code = `import { spawn } from 'heddle'\nfunction* f() {\n  const name = 'x'\n  spawn(f).cancel()\n  return name\n}\n`;
  const { output } = new Linter().verifyAndFix(code, [config]);
  t.is(output, code.replace('spawn(f).', ';(yield* spawn(f)).'));
});

test('what cannot be fixed in its place is reported without a suggestion, and options are checked', (t) => {
  const [message] = lint("import { sleep } from 'heddle'; sleep(1);");
  t.is(message!.suggestions, undefined);
  t.throws(() => lint('', [{ fixes: true }]), { message: /fixes/ });
});

test('the plugin is named exports, and the default export that oxlint asks for', (t) => {
  t.is(byDefault.rules, heddle.rules);
  t.is(byDefault.meta, heddle.meta);
});

/** oxlint's own command, in a directory where `heddle` is a link; on named files, since it would follow the link. */
function oxlint(...args: string[]): Promise<{ code: unknown; stdout: string }> {
  const command = join(ROOT, 'node_modules/oxlint/bin/oxlint');
  return new Promise((resolve) => {
    execFile(process.execPath, [command, ...args], { cwd: directory }, (error, stdout) =>
      resolve({ code: error?.code ?? 0, stdout }),
    );
  });
}

test.serial('the rule works in oxlint, on JavaScript and on TypeScript, with suggestions', async (t) => {
  mkdirSync(join(directory, 'node_modules'));
  symlinkSync(ROOT, join(directory, 'node_modules/heddle'));
  writeFileSync(
    join(directory, '.oxlintrc.json'),
    JSON.stringify({
      categories: { correctness: 'off' },
      jsPlugins: ['heddle/eslint-plugin'],
      rules: { 'heddle/no-floating-operation': 'error' },
    }),
  );
  const typed = `import type { Connection } from 'heddle/net';
export function* greet(connection: Connection) {
  connection.write('hello')!;
}
`;
  writeFileSync(join(directory, 'slips.js'), SLIPS);
  writeFileSync(join(directory, 'typed.ts'), typed);
  const files = ['slips.js', 'typed.ts'];
  const { code, stdout } = await oxlint('--format', 'json', ...files);
  t.is(code, 1);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { filename: string; code: string; labels: { span: { offset: number; line: number } }[] }[];
  };
  t.deepEqual(
    diagnostics.map(({ filename, code: rule, labels }) => [filename, rule, labels[0]!.span.line]).sort(),
    [...PLACES.map(([line]) => ['slips.js', line]), ['typed.ts', 3]].map(([file, line]) => [
      file,
      'heddle(no-floating-operation)',
      line,
    ]),
  );
  t.is((await oxlint('--fix-suggestions', ...files)).code, 0);
  t.is(readFileSync(join(directory, 'slips.js'), 'utf8'), FIXED);
  t.is(
    readFileSync(join(directory, 'typed.ts'), 'utf8'),
    typed.replace("connection.write('hello')!", "(yield* connection.write('hello'))!"),
  );
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { heddle } from './command.js';
import { matchesGolden } from './golden.js';

const cwd = mkdtempSync(join(tmpdir(), 'heddle-explain-'));
test.after.always(() => rmSync(cwd, { recursive: true, force: true }));

writeFileSync(
  join(cwd, 'server.ts'),
  `import { main, type Operation } from 'heddle';
import { listen, type Connection } from 'heddle/net';

main(function* () {
  const server = yield* listen({ port: 7000 });
  yield* server.serve(echo);
});

function* echo(connection: Connection): Operation<void> {
  for (;;) {
    const chunk = yield* connection.read();
    if (chunk === null) return;
    for (const line of lines(chunk)) yield* connection.write(line);
  }
}

function* lines(chunk: Buffer) {
  for (const line of chunk.toString().split('\\n')) yield line;
}

const service = {
  *nothing() {},
  *evaluate(code: string) {
    return yield* eval(code);
  },
};
`,
);

test('what the compiler makes of a file is shown', async (t) => {
  const { code, stdout, stderr } = await heddle(['explain', 'server.ts'], { cwd });
  t.deepEqual([code, stderr], [0, '']);
  matchesGolden(t, 'explain.txt', stdout);
});

test('the compiled code is shown', async (t) => {
  const { code, stdout } = await heddle(['explain', '--code', 'server.ts'], { cwd });
  t.is(code, 0);
  matchesGolden(t, 'explain-code.txt', stdout);
});

test('it is printed as JSON, with the code where that is asked for', async (t) => {
  const parsed = async (...args: string[]): Promise<Record<string, unknown>> =>
    JSON.parse((await heddle(['explain', '--json', 'server.ts', ...args], { cwd })).stdout) as Record<string, unknown>;
  const { functions, ...rest } = await parsed();
  t.deepEqual(rest, { format: 'heddle.explain', version: 1, file: 'server.ts' });
  t.deepEqual(
    (functions as { name: string; verdict: string }[]).map(({ name, verdict }) => [name, verdict]),
    [
      ['anonymous', 'fiber'],
      ['echo', 'fiber'],
      ['lines', 'data'],
      ['nothing', 'nothing to do'],
      ['evaluate', 'left alone'],
    ],
  );
  t.regex((await parsed('--code'))['code'] as string, /\$site\(/);
});

test('a file without generators is said to have none, and its code is its own', async (t) => {
  writeFileSync(join(cwd, 'plain.js'), 'module.exports = 1;\n');
  const { stdout } = await heddle(['explain', 'plain.js'], { cwd });
  t.is(stdout, 'plain.js: no generator function, so there is nothing to compile\n');
  t.is((await heddle(['explain', '--code', 'plain.js'], { cwd })).stdout, 'module.exports = 1;\n');
});

test('a file that is not there, or is no program, is an error in one line', async (t) => {
  writeFileSync(join(cwd, 'broken.ts'), 'function* f() {\n  yield* ;\n}\n');
  writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }\n');
  for (const [file, message] of [
    ['nowhere.ts', /^heddle: Cannot read `nowhere\.ts`: there is no such file\n$/],
    ['.', /^heddle: Cannot read `\.`: it is a directory\n$/],
    [
      'package.json',
      /^heddle: `package\.json` is no JavaScript or TypeScript: give a file that is, such as `server\.ts`\n$/,
    ],
    ['broken.ts', /^heddle: broken\.ts:2:10: [^\n]*\n$/],
  ] as const) {
    const { code, stdout, stderr } = await heddle(['explain', file], { cwd });
    t.deepEqual([code, stdout], [1, '']);
    t.regex(stderr, message);
  }
});

test('a file of ever so many functions is shown', async (t) => {
  const names = Array.from({ length: 130_000 }, (_, i) => `f${i}`);
  writeFileSync(join(cwd, 'many.js'), names.map((name) => `function* ${name}() {}\n`).join(''));
  const { code, stdout } = await heddle(['explain', 'many.js'], { cwd });
  t.is(code, 0);
  t.regex(stdout, /^130000:1 +f129999 /m);
});

test('a file that is nested deeper than Node reads is shown like any other', async (t) => {
  const forms = [`${'['.repeat(20_000)}${']'.repeat(20_000)}`, `a${'+a'.repeat(50_000)}`, `a${'.x()'.repeat(50_000)}`];
  writeFileSync(join(cwd, 'deep.js'), `function* f() {\n${forms.join(';\n')};\nyield* g();\n}\n`);
  for (const more of [[], ['--code']]) {
    const { code, stdout, stderr } = await heddle(['explain', ...more, 'deep.js'], { cwd });
    t.deepEqual([code, stderr], [0, '']);
    t.regex(stdout, more.length === 0 ? /5:1 +site +g/ : /yield\* \$site\(1, \$c, g\(\)\)/);
  }
});

test('a text with more open brackets than the parser bears ends no command without a word', async (t) => {
  const brackets = 200_000;
  for (const text of ['['.repeat(brackets), `f(${'{a:'.repeat(brackets)}1${'}'.repeat(brackets)})`]) {
    writeFileSync(join(cwd, 'brackets.js'), `function* f() { yield* g(); }\n${text}`);
    for (const command of ['explain', 'check']) {
      const { code, stdout, stderr } = await heddle([command, 'brackets.js'], { cwd });
      t.is(code, 1);
      t.regex(stdout + stderr, /brackets\.js:2:\d+: Nested too deeply: more than \d+ brackets are open here/);
    }
  }
});

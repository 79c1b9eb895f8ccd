import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import test from 'ava';

const main = new URL('../../bench/main.js', import.meta.url).pathname;

let directory = '';
test.before(() => void (directory = mkdtempSync(join(tmpdir(), 'heddle-bench-command-'))));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

function start(args: readonly string[], env: NodeJS.ProcessEnv = {}): ChildProcess {
  return spawn(process.execPath, [main, ...args], { env: { ...process.env, ...env } });
}

async function bench(...args: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const child = start(args);
  const ended = once(child, 'close');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  return { code: code as number, stdout, stderr };
}

/** A line of results that can be drawn. */
const line = `${JSON.stringify({
  bench: 'switch',
  case: 'n=2',
  subject: 'heddle',
  metric: 'ns/op',
  value: 50,
  min: 49,
  max: 51,
  runs: 7,
  node: process.version,
})}\n`;

const wrong: readonly { readonly what: string; readonly args: readonly string[]; readonly complaint: RegExp }[] = [
  {
    what: 'a benchmark that there is not',
    args: ['swich'],
    complaint: /^Unknown benchmark `swich`; there are .*switch/,
  },
  {
    what: 'a case that none of the benchmarks has',
    args: ['switch', 'spawn', '--cases', 'n=3'],
    complaint: /^None of switch, spawn has a case `n=3`; there are n=2, /,
  },
  {
    what: 'a peer that none of the benchmarks has',
    args: ['loop', '--peers', 'go,codel'],
    complaint: /^None of loop has a peer `codel`; there are heddle-compiled, generator, await, go\n/,
  },
  {
    what: 'a scenario that there is not',
    args: ['overload', '--scenario', 'cpus'],
    complaint: /^Unknown scenario `cpus`/,
  },
];

for (const { what, args, complaint } of wrong) {
  test(`${what} is answered by those that there are, and what --json names is left as it was`, async (t) => {
    const file = join(directory, `${what}.jsonl`);
    writeFileSync(file, line);
    const { code, stdout, stderr } = await bench(...args, '--json', file);
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, complaint);
    t.regex(stderr, /\nTry: npm run bench -- .*--help\n$/);
    t.is(readFileSync(file, 'utf8'), line);
  });
}

const nowhere = '/nonexistent/results';
for (const args of [
  ['switch', '--json', nowhere],
  ['overload', '--json', nowhere],
  ['report', 'switch', '--out', '/dev/null/report'],
  ['report', '--from', 'good.jsonl', '--out', '/dev/null/report'],
]) {
  test(`what cannot be written is told before anything is measured: ${args.join(' ')}`, async (t) => {
    const good = join(directory, 'good.jsonl');
    writeFileSync(good, line);
    const { code, stdout, stderr } = await bench(...args.map((one) => (one === 'good.jsonl' ? good : one)));
    t.is(code, 2);
    t.is(stdout, '');
    t.regex(stderr, /^Cannot write `\/(?:nonexistent|dev)\/.*`: E\w+: .*\nTry: npm run bench -- .*--help\n$/);
  });
}

test('results that are there already are kept when others are written in their place', async (t) => {
  const out = join(directory, 'report');
  const file = join(directory, 'drawn.jsonl');
  const resultsIn = (): string[] => readdirSync(out).filter((name) => name.endsWith('.jsonl'));
  writeFileSync(file, line);
  const draw = () => bench('report', '--from', file, '--out', out);
  t.is((await draw()).code, 0);
  t.is((await draw()).stderr, '');
  t.deepEqual(resultsIn(), ['results.jsonl']);
  writeFileSync(file, line.replace('"value":50', '"value":51'));
  t.regex((await draw()).stderr, /^The results of an earlier run are kept in .*results-2\S*Z\.jsonl\n$/);
  const [kept] = resultsIn().filter((name) => name !== 'results.jsonl');
  t.is(readFileSync(join(out, kept!), 'utf8'), line);
});

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  test(`${signal} ends a run and all that it started, and leaves what was measured and no other files`, async (t) => {
    const temporary = join(directory, signal);
    mkdirSync(temporary);
    const file = join(directory, `${signal}.jsonl`);
    const args = ['start', '--quick', '--cases', 'javascript-cold,typescript-cold', '--peers', 'node', '--runs', '1'];
    const child = start([...args, '--json', file], { TMPDIR: temporary });
    const ended = once(child, 'close');
    for await (const progress of child.stderr!.setEncoding('utf8'))
      if (String(progress).includes('typescript-cold')) break;
    child.kill(signal);
    const [status] = (await ended) as [number | null];
    t.is(status, code);
    t.deepEqual(readdirSync(temporary), []);
    t.regex(readFileSync(file, 'utf8'), /"javascript-cold","subject":"heddle"/);
  });
}

test('who reads only the first line of the results gets no complaint', async (t) => {
  const child = start(['switch', '--smoke', '--peers', 'generator', '--json', '-']);
  child.stdout!.once('data', () => child.stdout!.destroy());
  const complaints = await text(child.stderr!);
  t.notRegex(complaints, /EPIPE/);
});

test('the programs that `start` starts have the flags of Node that its results say they have', async (t) => {
  const seen = join(directory, 'seen');
  const spy = join(directory, 'spy.cjs');
  writeFileSync(spy, `require('node:fs').appendFileSync(${JSON.stringify(seen)}, process.argv[1] + '\\n')`);
  const child = start(['--child', '--smoke', 'start', 'node', 'javascript-cold'], { NODE_OPTIONS: `--require=${spy}` });
  await once(child, 'close');
  t.regex(readFileSync(seen, 'utf8'), /main\.js\n.*heddle-bench-start-/);
});

test('without go, gcc and wrk the rest runs, and a line says what is left out', async (t) => {
  const args = ['fastify', 'call', '--smoke', '--peers', 'node:http,go', '--json', '-'];
  const child = start(args, { PATH: join(directory, 'empty') });
  const ended = once(child, 'close');
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout!), text(child.stderr!), ended]);
  t.is(code, 0, stderr);
  t.regex(stderr, /^go: skipped, there is no `go` on the PATH$/m);
  t.regex(stderr, /^wrk: skipped, /m);
  t.regex(stdout, /"fastify","case":"c=100","subject":"node:http","metric":"requests\/s","value":\d/);
});

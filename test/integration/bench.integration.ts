import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { benchmarkNames } from '../../bench/harness/catalogue.js';

/** That every benchmark runs and every report can be drawn. What they measure is nobody's business here. */
const run = promisify(execFile);
const bench = (...args: string[]) =>
  run(process.execPath, ['build/bench/main.js', ...args], { maxBuffer: 16 * 1024 * 1024 });

let directory = '';
test.before(() => void (directory = mkdtempSync(join(tmpdir(), 'heddle-bench-test-'))));
test.after.always(() => rmSync(directory, { recursive: true, force: true }));

interface Line {
  readonly bench?: string;
  readonly case?: string;
  readonly subject?: string;
  readonly metric?: string;
  readonly value?: number | null;
  readonly min?: number | null;
  readonly max?: number | null;
  readonly note?: string;
}

test.serial('every benchmark runs with every subject and writes valid lines', async (t) => {
  const file = join(directory, 'smoke.jsonl');
  await bench('--smoke', '--json', file);
  const [first, ...lines] = readFileSync(file, 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);
  t.deepEqual(Object.keys(first!), ['provenance']);
  const values = lines.filter(({ subject }) => subject !== undefined);
  for (const { bench: name, case: point, subject, metric, value, min, max, note } of values) {
    const what = `${name} ${point} ${subject} ${metric}`;
    t.notRegex(note ?? '', /^failed/, what);
    // Nothing is a result, too, if it says why.
    if (value === null) t.truthy(note, what);
    else t.true(Number.isFinite(value) && min! <= value! && value! <= max!, what);
  }
  const own = values.filter(({ subject, value }) => subject === 'heddle' && value !== null);
  t.deepEqual([...new Set(own.map(({ bench: name }) => name))], [...benchmarkNames]);
});

test.serial('the report of such a run, and of one under overload, has all figures in one page', async (t) => {
  const overload = join(directory, 'overload.jsonl');
  const cell = { bench: 'overload', value: 0.9, min: 0.8, max: 1, runs: 3, node: process.version };
  const cells = ['heddle', 'static'].flatMap((subject) =>
    [0.5, 2, 8].flatMap((load) =>
      ['goodput/peak', 'good answers p99 ms'].map((metric) => ({ ...cell, case: `cpu load=${load}`, subject, metric })),
    ),
  );
  writeFileSync(overload, cells.map((line) => `${JSON.stringify(line)}\n`).join(''));
  const smoke = join(directory, 'smoke.jsonl');
  const out = join(directory, 'report');
  const { stdout } = await bench('report', '--from', `${smoke},${overload}`, '--compare', smoke, '--out', out);
  t.regex(stdout, /Compared with/);
  const html = readFileSync(join(out, 'index.html'), 'utf8');
  const drawn = readdirSync(out).filter((name) => name.endsWith('.svg'));
  for (const name of [...benchmarkNames, 'overload-cpu-goodput', 'overload-cpu-p99'])
    t.true(
      drawn.some((file) => file.startsWith(name)),
      name,
    );
  for (const file of drawn) t.true(html.includes(`id="${file.replace(/\.svg$/, '')}"`), file);

  const flags = ['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'];
  const profile = `--user-data-dir=${join(directory, 'browser')}`;
  const page = `file://${join(out, 'index.html')}`;
  const { stdout: dom } = await run('chromium', [...flags, profile, '--dump-dom', page], {
    maxBuffer: 64 * 1024 * 1024,
  });
  t.is(dom.match(/<figure [^>]*><svg /g)?.length, drawn.length);
});

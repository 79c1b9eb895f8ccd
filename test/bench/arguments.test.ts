import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { parseArguments } from '../../bench/command/arguments.js';
import { isUsageError } from '../../bench/harness/usage-error.js';
import { parseArguments as parseOverload } from '../../bench/overload/arguments.js';
import { checkNodeFlags } from '../../bench/overload/check-node-flags.js';
import { parseReportArguments } from '../../bench/report/arguments.js';
import { report } from '../../bench/report/command.js';

type Parse = (args: readonly string[]) => unknown;

const contradictions: readonly (readonly [parse: Parse, line: string, complaint: RegExp])[] = [
  [parseArguments, '--quick overload', /^`overload` must come first: npm run bench -- overload …/],
  [parseArguments, 'switch report', /^`report` must come first/],
  [parseOverload, '--static 8', /^Expected `--static` to be a limit and a backlog .*, got `8`/],
  [parseOverload, '--static 8:16:99', /^Expected `--static` .*, got `8:16:99`/],
  [parseOverload, '--static 8:16 --subjects heddle', /^`--static` is for the subject `static`/],
  [parseOverload, '--seconds 8 --scenario crowd', /^`--seconds` is for constant load; crowd has phases of its own/],
  [checkNodeFlags, '--bogus --single-threaded-gc', /^Node does not take `--node-flags=--bogus .*bad option: --bogus/],
  [parseReportArguments, 'overload --peers go', /^`--peers` is for benchmarks; `overload`/],
  [parseReportArguments, 'overload --runs zero', /^Expected `--runs` to be an integer ≥ 1, got `zero`/],
  [parseReportArguments, '--from x --runs 3', /^`--runs` is for measuring; with `--from`/],
  [parseReportArguments, '--from x --quick', /^`--quick` is for measuring; with `--from`/],
];

for (const [parse, line, complaint] of contradictions) {
  test(`what does not fit together is an error of the command line: ${line}`, (t) => {
    const error = t.throws(() => parse(line.split(' ')), { message: complaint });
    t.true(isUsageError(error));
  });
}

test('what belongs together is none', (t) => {
  t.notThrows(() => parseOverload(['--static', '8:16', '--scenario', 'crowd,cpu', '--seconds', '8']));
  t.notThrows(() => parseReportArguments(['switch', 'overload', '--peers', 'go', '--quick']));
  t.notThrows(() => checkNodeFlags(['--single-threaded-gc', '--max-semi-space-size=16']));
  t.notThrows(() => checkNodeFlags([]));
});

test('files of which figures would be joined that are not comparable are refused', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'heddle-bench-arguments-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const origin = { command: 'npm run bench -- switch', date: '2026-01-01', v8: '', processor: 'p', processors: 2 };
  const value = {
    bench: 'switch',
    case: 'n=2',
    subject: 'heddle',
    metric: 'ns/op',
    value: 50,
    min: 49,
    max: 51,
    runs: 7,
  };
  const files = ['v20.20.2', 'v26.1.0'].map((node) => {
    const lines = [{ provenance: { ...origin, memory: 1, system: 's', node } }, { ...value, node }];
    const file = join(directory, `${node}.jsonl`);
    writeFileSync(file, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    return file;
  });
  const out = join(directory, 'report');
  await t.throwsAsync(report(['--from', files.join(','), '--out', out]), {
    message: /^`switch` was measured with another Node in each: v20\.20\.2; v26\.1\.0/,
  });
  t.false(existsSync(out));
});

import test from 'ava';
import type { Benchmark } from '../../bench/harness/benchmark.js';
import { ratioLines, valueLines } from '../../bench/harness/result-lines.js';

const point = { name: 'n=1', size: 1 };
const benchmark: Benchmark = {
  name: 'b',
  operation: 'it',
  metrics: [{ name: 'ns/op', better: 'lower' }],
  cases: [point],
  subjects: {},
};
const answers = (...values: number[]) => values.map((value) => ({ values: { 'ns/op': value } }));

test('the value is the median between the extremes, to four digits', (t) => {
  const [line, ...others] = valueLines(benchmark, point, 'heddle', { answers: answers(48.12345, 46, 55), setting: {} });
  t.like(line, { subject: 'heddle', metric: 'ns/op', value: 48.12, min: 46, max: 55, runs: 3 });
  t.is(others.length, 0);
});

test('a subject that fails in its first run has a line that says so instead of a value', (t) => {
  const lines = valueLines(benchmark, point, 'go', { answers: [], failure: 'failed: ended by SIGSEGV', setting: {} });
  t.deepEqual(
    lines.map(({ value, runs, note }) => [value, runs, note]),
    [[null, 0, 'failed: ended by SIGSEGV']],
  );
});

test('one that fails in a later run keeps what it had reached, and says so too', (t) => {
  const tried = { answers: answers(50, 52), failure: 'failed: ended with code 1', setting: {} };
  const [line] = valueLines(benchmark, point, 'go', tried);
  t.like(line, { value: 51, runs: 2, note: 'failed: ended with code 1' });
});

test('that a case cannot be done is its result, whatever other runs reached', (t) => {
  const tried = { answers: [...answers(50), { unmeasurable: 'out of memory' }], setting: {} };
  const lines = valueLines(benchmark, point, 'await', tried);
  t.deepEqual(
    lines.map(({ value, note }) => [value, note]),
    [[null, 'out of memory']],
  );
  t.deepEqual(ratioLines(benchmark, lines), []);
});

test('what is not as usual about a run stands in its values and its ratios', (t) => {
  const setting = { semiSpaceMb: 128 };
  const own = valueLines(benchmark, point, 'heddle', { answers: answers(45), setting });
  const peer = valueLines(benchmark, point, 'await', { answers: answers(50), setting });
  t.like(own[0], setting);
  t.deepEqual(ratioLines(benchmark, [...own, ...peer]), [
    { bench: 'b', case: 'n=1', ratio: 'heddle/await', value: 0.9, ...setting },
  ]);
});

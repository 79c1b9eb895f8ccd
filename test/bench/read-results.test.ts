import test from 'ava';
import { parseResults } from '../../bench/report/read-results.js';

const line = (more: object = {}): string =>
  JSON.stringify({
    bench: 'switch',
    case: 'n=2',
    subject: 'heddle',
    metric: 'ns/op',
    value: 48,
    min: 46,
    max: 55,
    runs: 7,
    node: 'v20.20.2',
    ...more,
  });
const origin = (command: string): string =>
  JSON.stringify({ provenance: { command, date: '2026-01-01', node: 'v20.20.2', v8: '11.3', processor: 'p' } });
const ratio = '{"bench":"switch","case":"n=2","ratio":"heddle/await","value":0.93}';

test('values come with the origin above them, ratios are left out', (t) => {
  const [before, after] = parseResults(
    [line(), ratio, origin('npm run bench -- switch'), line({ case: 'n=3' })].join('\n'),
    'f',
  );
  t.is(before?.from, undefined);
  t.is(after?.from?.command, 'npm run bench -- switch');
});

test('a last line that was cut off is left out, any other is refused with its place', (t) => {
  t.is(parseResults(`${line()}\n{"bench":"swi`, 'f').length, 1);
  t.throws(() => parseResults(`{"bench":"swi\n${line()}\n`, 'f.jsonl'), {
    message: /`f\.jsonl` line 1 is no JSON object/,
  });
});

test('a file without any value is refused', (t) => {
  t.throws(() => parseResults(`${ratio}\n`, 'f.jsonl'), { message: /holds no values/ });
  t.throws(() => parseResults('', 'f.jsonl'), { message: /holds no values/ });
});

test('what was measured twice is one figure between the extremes of both', (t) => {
  const [one, ...others] = parseResults(`${line()}\n${line({ value: 50, min: 45, max: 51, runs: 3 })}\n`, 'f');
  t.deepEqual([one?.value, one?.min, one?.max, one?.runs, others.length], [49, 45, 55, 10, 0]);
});

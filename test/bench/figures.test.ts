import test from 'ava';
import { figures } from '../../bench/report/figures.js';
import type { Reading } from '../../bench/report/read-results.js';
import { standings } from '../../bench/report/standing.js';

function reading(more: Partial<Reading>): Reading {
  const value = more.value ?? 50;
  const range = { min: value - 1, max: value + 1 };
  const names = { bench: 'b', case: 'n=1', subject: 'heddle', metric: 'ns/op', node: 'v20.20.2' };
  return { ...names, value, ...range, runs: 7, ...more };
}

const described = (name: string, ...metrics: string[]) =>
  new Map([
    [
      name,
      {
        operation: 'it',
        nodeOptions: [],
        metrics: metrics.map((metric) => ({ name: metric, better: 'lower' as const })),
      },
    ],
  ]);

test('three sizes are a curve, two or unequal things are bars', (t) => {
  const form = (...cases: string[]) =>
    figures(
      cases.map((point) => reading({ case: point })),
      described('b', 'ns/op'),
    )[0]?.form;
  t.is(form('n=1', 'n=10', 'n=100'), 'lines');
  t.is(form('n=1', 'n=100'), 'bars');
  t.is(form('unbuffered', 'buffered=64', 'buffered=128'), 'bars');
});

test('sizes that no subject has three of are no curve', (t) => {
  const cases = ['n=1', 'n=10', 'n=100'];
  const readings = cases.map((point, index) => reading({ case: point, subject: index === 0 ? 'go' : 'heddle' }));
  t.is(figures(readings, described('b', 'ns/op'))[0]?.form, 'bars');
});

test('percentiles of one distribution share a plot', (t) => {
  const metrics = ['connect p50 ms', 'connect p99 ms', 'connect max ms', 'requests/s'];
  const found = figures(
    metrics.map((metric) => reading({ metric })),
    described('b', ...metrics),
  );
  t.deepEqual(
    found.map(({ metric, form }) => [metric.name, form]),
    [
      ['connect ms', 'percentiles'],
      ['requests/s', 'bars'],
    ],
  );
  t.deepEqual(
    found[0]?.panels[0]?.series[0]?.marks.map(({ label }) => label),
    ['p50', 'p99', 'max'],
  );
});

test('values with another semi-space stand beside the usual ones, and not among them', (t) => {
  const found = figures([reading({}), reading({ semiSpaceMb: 128, value: 30 })], described('b', 'ns/op'));
  t.deepEqual(
    found.map(({ readings }) => readings.map(({ subject }) => subject)),
    [['heddle'], ['heddle', 'heddle (128 MB)']],
  );
});

test('overload gives offered load against goodput and p99, and a figure of heddle without each ingredient', (t) => {
  const cell = (subject: string, load: number, metric: string) =>
    reading({ bench: 'overload', case: `cpu load=${load}`, subject, metric });
  const readings = [0.5, 2, 8].flatMap((load) =>
    ['goodput/peak', 'p99 ms', 'served share'].flatMap((metric) =>
      ['heddle', 'static', 'heddle without cpuGate'].map((subject) => cell(subject, load, metric)),
    ),
  );
  t.deepEqual(
    figures(readings, new Map()).map(({ id, form }) => [id, form]),
    [
      ['overload-cpu-goodput', 'lines'],
      ['overload-cpu-goodput-ingredients', 'bars'],
      ['overload-cpu-p99', 'lines'],
      ['overload-cpu-p99-ingredients', 'bars'],
    ],
  );
});

test('a subject that failed keeps its place and its reason', (t) => {
  const failed = reading({ subject: 'go', value: null, min: null, max: null, note: 'failed: ended by SIGSEGV' });
  const series = figures([reading({}), failed], described('b', 'ns/op'))[0]?.panels[0]?.series;
  t.deepEqual(series?.[1], { subject: 'go', marks: [], notes: ['n=1: failed: ended by SIGSEGV'] });
});

test('heddle loses where its range is on the wrong side of the peer’s, and only there', (t) => {
  const verdict = (value: number, better: 'lower' | 'higher', runs = 7) => {
    const readings = [
      reading({ value, runs }),
      reading({ subject: 'await', runs }),
      reading({ subject: 'heddle-compiled' }),
    ];
    return standings({ readings, metric: { name: 'ns/op', better } }).map((one) => one.verdict);
  };
  t.deepEqual(verdict(60, 'lower'), ['loses']);
  t.deepEqual(verdict(60, 'higher'), ['wins']);
  t.deepEqual(verdict(51, 'lower'), ['even']);
  t.deepEqual(verdict(60, 'lower', 2), ['undecided']);
});

test('the command that reproduces a figure has the flags with which it was measured', (t) => {
  const origin = {
    date: '2026-01-01',
    node: 'v20.20.2',
    v8: '11.3',
    processor: 'p',
    processors: 2,
    memory: 1,
    system: 's',
  };
  const command = (line: string, more: Partial<Reading>) => {
    const from = { ...origin, command: `npm run bench -- ${line}` };
    return figures([reading({ from, ...more })], described('b', 'ns/op'))[0]?.command;
  };
  t.is(command('report --quick --out x b --runs 5', {}), 'npm run bench -- report b --quick --runs 5');
  const cell = { bench: 'overload', case: 'cpu load=2', metric: 'goodput/peak' };
  t.is(
    command('overload --quick --scenario cpu,pool --json -', cell),
    'npm run bench -- report overload --scenarios cpu --quick',
  );
  t.is(
    command('overload --load 2 --seed 3 --json x', cell),
    'npm run bench -- overload --scenario cpu --load 2 --seed 3 --json overload.jsonl && npm run bench -- report --from overload.jsonl',
  );
});

test('what tells of the measurement stands in the captions, and has no figure of its own', (t) => {
  const conditions = [
    reading({ metric: 'clients cpu %', value: 20 }),
    reading({ metric: 'clients cpu %', value: 90, subject: 'go' }),
  ];
  const descriptions = new Map([
    [
      'b',
      {
        operation: 'it',
        nodeOptions: [],
        metrics: [
          { name: 'requests/s', better: 'higher' as const },
          { name: 'clients cpu %', better: 'lower' as const, condition: true as const },
        ],
      },
    ],
  ]);
  const found = figures([reading({ metric: 'requests/s' }), ...conditions], descriptions);
  t.deepEqual(
    found.map(({ metric }) => metric.name),
    ['requests/s'],
  );
  t.regex(found[0]!.caption, /clients cpu %: 20 to 90 \(go n=1\)/);
});

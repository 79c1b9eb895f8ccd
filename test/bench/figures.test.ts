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
    ['goodput/peak', 'good answers p99 ms', 'served share'].flatMap((metric) =>
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
  t.deepEqual(standings({ readings: [reading({}), reading({ subject: 'await' })], metric: { name: '?' } }), []);
});

test('what was measured at the limit of the generator is drawn, said, and compared with nothing', (t) => {
  const cell = (subject: string, load: number, metric: string, value: number) =>
    reading({ bench: 'overload', case: `cpu load=${load}`, subject, metric, value, runs: 3 });
  const readings = [2, 8].flatMap((load) =>
    ['heddle', 'static', 'codel'].flatMap((subject) => [
      cell(subject, load, 'goodput/peak', subject === 'heddle' ? 50 : 40),
      cell(subject, load, 'generator saturated', load === 8 && subject === 'static' ? 1 : 0),
    ]),
  );
  const [figure, ...others] = figures(readings, new Map());
  t.is(others.length, 0);
  t.regex(figure!.caption, /generator saturated: 0 to 1 \(static load=8\)/);
  t.is(figure!.panels.flatMap(({ series }) => series.flatMap(({ marks }) => marks)).length, 6);
  t.deepEqual(
    standings(figure!).map(({ peer }) => `${peer.subject} ${peer.case}`),
    ['static load=2', 'codel load=2', 'codel load=8'],
  );
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
  t.is(command('b --semi-space 64 --peers=go --json x', {}), 'npm run bench -- report b --semi-space 64 --peers go');
  t.is(
    command('b c --smoke', {}),
    'npm run bench -- b --smoke --json b.jsonl && npm run bench -- report --from b.jsonl',
  );
  const overload = (flags: string): string =>
    `npm run bench -- overload --scenario cpu ${flags} --json overload.jsonl && npm run bench -- report --from overload.jsonl`;
  t.is(command('overload --quick --scenario cpu,pool --json -', cell), overload('--quick'));
  const flags =
    "--load 2 --warm-up 20 '--node-flags=--single-threaded-gc --max-lazy' --subjects heddle,static --without all";
  t.is(command(`overload ${flags} --scenario cpu --json 'my file'`, cell), overload(flags));
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

import test from 'ava';
import { movement } from '../../bench/report/movement.js';
import { movementText } from '../../bench/report/movement-text.js';
import type { Reading } from '../../bench/report/read-results.js';
import type { Provenance } from '../../bench/harness/provenance.js';

const descriptions = new Map([['switch', { metrics: [{ name: 'ns/op', better: 'lower' as const }] }]]);

const machine: Provenance = {
  command: 'npm run bench -- switch',
  date: '2026-01-01T00:00:00.000Z',
  node: 'v20.20.2',
  v8: '11.3',
  processor: 'a processor',
  processors: 2,
  memory: 16,
  system: 'a system',
};

/** A run of seven processes within 2 % of the median, unless said otherwise. */
function reading(subject: string, value: number, more: Partial<Reading> = {}): Reading {
  const min = value * 0.98;
  const max = value * 1.02;
  const { node } = machine;
  return {
    bench: 'switch',
    case: 'n=2',
    subject,
    metric: 'ns/op',
    value,
    min,
    max,
    runs: 7,
    node,
    from: machine,
    ...more,
  };
}

const run = (own: number, peers: number, more: Partial<Reading> = {}): Reading[] => [
  reading('heddle', own, more),
  reading('await', 50 * peers, more),
  reading('go', 40 * peers, more),
];

test('a change beyond the noise that the peers did not make is reported with its direction', (t) => {
  const { moved, drifted, compared } = movement(run(48, 1), run(60, 1), descriptions);
  t.is(compared, 3);
  t.deepEqual(
    moved.map(({ after, better, change, drift }) => [after.subject, better, change, drift]),
    [['heddle', false, 1.25, 1]],
  );
  t.deepEqual(drifted, []);
  t.is(movement(run(60, 1), run(48, 1), descriptions).moved[0]?.better, true);
});

test('a slow machine is no regression: what moved as much as its peers is the machine', (t) => {
  const { moved, drifted } = movement(run(48, 1), run(48 * 1.3, 1.3), descriptions);
  t.deepEqual(moved, []);
  t.deepEqual(drifted.map(({ after }) => after.subject).toSorted(), ['await', 'go', 'heddle']);
});

test('one peer alone does not make a regression of the others', (t) => {
  const now = [reading('heddle', 48), reading('await', 100), reading('go', 40), reading('effect', 400)];
  const old = [...run(48, 1), reading('effect', 400)];
  t.deepEqual(
    movement(old, now, descriptions).moved.map(({ after }) => after.subject),
    ['await'],
  );
});

test('a change within the ranges is noise however large, and one of a few percent is of no interest however sure', (t) => {
  const wide = { min: 30, max: 90 };
  t.deepEqual(movement([reading('heddle', 48, wide)], [reading('heddle', 70, wide)], descriptions).moved, []);
  const narrow = (value: number): Reading => reading('heddle', value, { min: value, max: value });
  t.deepEqual(movement([narrow(48)], [narrow(50)], descriptions).moved, []);
  t.is(movement([narrow(48)], [narrow(51)], descriptions).moved.length, 1);
});

test('with three runs each a change is a hint, with one it is nothing', (t) => {
  const three = movement(run(48, 1, { runs: 3 }), run(60, 1, { runs: 3 }), descriptions);
  t.is(three.moved.length, 0);
  t.is(three.hints.length, 1);
  t.is(three.hintsByChance.toFixed(2), '0.30');
  const one = movement(run(48, 1, { runs: 1 }), run(60, 1, { runs: 1 }), descriptions);
  t.deepEqual([one.moved.length, one.hints.length, one.undecided], [0, 0, 3]);
});

test('heddle’s own variants do not say what the machine did', (t) => {
  const old = [...run(48, 1), reading('heddle-compiled', 48), reading('heddle-unrecorded', 40)];
  const now = [...run(60, 1), reading('heddle-compiled', 60), reading('heddle-unrecorded', 50)];
  t.is(movement(old, now, descriptions).moved.length, 3);
});

test('a value that became a failure is told, and so is what was not measured again', (t) => {
  const failed = reading('heddle', 1, { value: null, min: null, max: null, note: 'out of memory' });
  const found = movement(run(48, 1), [failed], descriptions);
  t.deepEqual(
    found.replaced.map(({ after }) => after.note),
    ['out of memory'],
  );
  t.is(found.missing.length, 2);
  t.regex(movementText(found, 'old.jsonl'), /switch n=2 heddle ns\/op: 48 → out of memory/);
});

test('another semi-space is another figure', (t) => {
  t.is(movement(run(48, 1), run(60, 1, { semiSpaceMb: 128 }), descriptions).compared, 0);
});

test('another machine, another Node, another pace and an unknown origin are warned of', (t) => {
  const other = (more: Partial<Provenance>): string => {
    const from = { ...machine, ...more };
    return movement(run(48, 1), run(48, 1, { from }), descriptions).warnings.join();
  };
  t.is(other({}), '');
  t.regex(other({ processor: 'another' }), /another machine: a processor, 2 processors → another, 2 processors/);
  t.regex(other({ node: 'v24.1.0' }), /another Node: v20\.20\.2 → v24\.1\.0/);
  t.regex(other({ command: 'npm run bench -- switch --quick' }), /another pace: full → quick/);
  const unknown = run(48, 1).map(({ from: _, ...rest }) => rest);
  t.regex(movement(unknown, run(48, 1), descriptions).warnings.join(), /does not say on which machine/);
});

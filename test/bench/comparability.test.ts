import test from 'ava';
import type { Provenance } from '../../bench/harness/provenance.js';
import { assertOneOrigin, comparability } from '../../bench/report/comparability.js';
import type { Reading } from '../../bench/report/read-results.js';

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

const reading = (from: Partial<Provenance> | undefined, more: Partial<Reading> = {}): Reading => {
  const names = { bench: 'switch', case: 'n=2', subject: 'heddle', metric: 'ns/op', node: 'v20.20.2' };
  const values = { value: 48, min: 46, max: 55, runs: 7 };
  return { ...names, ...values, ...(from !== undefined && { from: { ...machine, ...from } }), ...more };
};

test('what was measured under other conditions is not joined into one figure', (t) => {
  const refused = (...readings: Reading[]) => t.throws(() => assertOneOrigin(readings)).message;
  const other = { node: 'v26.1.0' };
  t.regex(refused(reading({}), reading(other)), /`switch` was measured with another Node in each: v20.20.2; v26.1.0/);
  t.regex(refused(reading({}), reading({ processor: 'b' }, { subject: 'go' })), /another machine/);
  t.regex(refused(reading({}), reading(undefined)), /unknown/);
  const overload = (flags: string, point = 'cpu load=8') =>
    reading({ command: `npm run bench -- overload ${flags}` }, { bench: 'overload', case: point });
  t.regex(refused(overload(''), overload('--warm-up 20', 'cpu load=2')), /another warm-up in each: usual; 20/);
  t.regex(refused(overload(''), overload('--node-flags=--single-threaded-gc')), /another flags of Node/);
});

test('other benchmarks, other scenarios, other subjects and another young generation may stand in one report', (t) => {
  const command = (flags: string) => ({ command: `npm run bench -- ${flags}` });
  const cpu = reading(command('overload --warm-up 20'), { bench: 'overload', case: 'cpu load=8' });
  const pool = reading(command('overload'), { bench: 'overload', case: 'pool load=8' });
  const wide = reading(command('switch --semi-space 64'), { semiSpaceMb: 64 });
  const go = reading(command('switch --peers go --json x'), { subject: 'go' });
  t.notThrows(() => assertOneOrigin([reading({}), go, wide, cpu, pool]));
});

test('flags of the command are conditions, too, whatever its file is called', (t) => {
  const warned = (old: string, now: string): string => {
    const from = (flags: string): Provenance => ({ ...machine, command: `npm run bench -- ${flags}` });
    return comparability([from(old)], [from(now)]).join();
  };
  t.is(warned('switch', "switch --json '--quick'"), '');
  t.regex(warned('overload', "overload '--node-flags=--a --b'"), /another flags of Node: none → --a --b/);
  t.regex(warned('overload', 'overload --warm-up 8'), /another warm-up: usual → 8/);
  t.regex(warned('switch', 'switch --semi-space 64'), /another young generation: usual → 64/);
});

import test from 'ava';
import { heddleWithout } from '../../bench/overload/contender.js';
import { parseArguments } from '../../bench/overload/arguments.js';

test('each part of --without is a contender of its own, beside the subjects of the same run', (t) => {
  const order = parseArguments(['--subjects', 'heddle,static', '--without', 'cpuGate,lifo+tickets']);
  t.is(order.kind, 'run');
  if (order.kind !== 'run') return;
  t.deepEqual(order.settings.contenders, [
    { name: 'heddle', subject: 'heddle', without: [] },
    { name: 'static', subject: 'static', without: [] },
    { name: 'heddle without cpuGate', subject: 'heddle', without: ['cpuGate'] },
    { name: 'heddle without lifo+tickets', subject: 'heddle', without: ['lifo', 'tickets'] },
  ]);
});

test('all is each switch alone', (t) => {
  const names = heddleWithout(['all']).map(({ name }) => name);
  t.true(names.length > 5);
  t.is(new Set(names).size, names.length);
  t.true(names.includes('heddle without perNodeQueues'));
});

test('a switch that there is not is named, with those that there are', (t) => {
  t.throws(() => parseArguments(['--without', 'cpugate']), {
    message: /Unknown switch `cpugate`; there are cpuGate, .*, perNodeQueues, and all/,
  });
});

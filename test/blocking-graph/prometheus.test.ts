import test from 'ava';
import { renderPrometheus } from '#src/blocking-graph/render/prometheus.js';
import { matchesGolden } from '../cli/golden.js';
import { hostile, server } from './hostile.js';
import { snapshotAfter } from './walks.js';

/** Reads text exposition format 0.0.4 and insists on its grammar: a sample is a family's, and each series comes once. */
function parse(text: string): Map<string, number> {
  const series = new Map<string, number>();
  let family = '';
  for (const line of text.split('\n').slice(0, -1)) {
    const help = /^# HELP ([a-z_]+) [^\\]+$/.exec(line);
    const type = /^# TYPE ([a-z_]+) (counter|gauge)$/.exec(line);
    if (help !== null) {
      if ([...series.keys()].some((key) => key.startsWith(`${help[1]!}{`))) throw new Error(`${help[1]!} comes twice`);
      family = help[1]!;
    } else if (type !== null) {
      if (type[1] !== family) throw new Error(`type of ${type[1]!} within ${family}`);
      if ((type[2] === 'counter') !== family.endsWith('_total'))
        throw new Error(`${family} is named like another type`);
    } else {
      const sample = /^([a-z_]+)(?:\{((?:[a-z]+="(?:[^"\\]|\\[\\"n])*",?)+)\})? (-?[\d.e+-]+)$/.exec(line);
      if (sample === null || sample[1] !== family) throw new Error(`not a sample of ${family}: ${line}`);
      const key = `${family}{${sample[2] ?? ''}}`;
      if (series.has(key)) throw new Error(`${key} comes twice`);
      series.set(key, Number(sample[3]));
    }
  }
  return series;
}

test('metrics look as they did', (t) => {
  matchesGolden(t, 'server.prometheus', renderPrometheus(server));
});

test('metrics are in base units, and follow the grammar of the format', (t) => {
  const series = parse(renderPrometheus(server));
  t.is(series.get('heddle_work_admitted_total{entry="http :8080",kind="GET /item/:id"}'), 3204);
  t.is(series.get('heddle_refusals_total{entry="http :8080",reason="memory"}'), 522);
  t.is(series.get('heddle_entry_goal_seconds{entry="http :8080"}'), 0.5);
  t.is(series.get('heddle_resource_capacity{resource="memory",unit="bytes"}'), 171_200_000);
  t.is(series.get('heddle_limiting{resource="memory"}'), 1);
  t.false(
    [...series.keys()].some((key) => /capacity.*external/.test(key)),
    'what has no limit has no sample',
  );
});

test('labels may hold anything, and stay on their line', (t) => {
  const text = renderPrometheus(hostile);
  t.true(parse(text).size > 20);
  // oxlint-disable-next-line no-control-regex
  t.notRegex(text, /[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E]/);
  t.true(text.includes('\\n#quot;'), 'a line feed is written as two characters');
  t.true(text.includes('\\\\N\\\\\\"'), 'backslashes and quotes are escaped');
});

test('names that look the same are one series', (t) => {
  const [entry] = server.scheduling!.entries;
  const twins = ['GET /\u001B', 'GET /\\u{1b}'].map((name) => ({ ...entry!.kinds[0]!, name, admitted: 5 }));
  const scheduling = { ...server.scheduling!, entries: [{ ...entry!, kinds: twins }] };
  const series = parse(renderPrometheus({ ...server, scheduling }));
  t.is(series.get('heddle_work_admitted_total{entry="http :8080",kind="GET /\\\\u{1b}"}'), 10);
});

test('the states of fibers add up to all that have not ended, those held back among them', (t) => {
  const series = parse(renderPrometheus(server));
  const states = [...series].filter(([key]) => key.startsWith('heddle_fibers{'));
  t.is(
    states.reduce((sum, [, count]) => sum + count, 0),
    server.fibers.live,
  );
});

test('what has no limit has no metric of one, and what limits nothing is not named', (t) => {
  const scheduling = server.scheduling!;
  const [entry] = scheduling.entries;
  const keys = (limit: number | null, limiting: string | null): string[] =>
    [
      ...parse(
        renderPrometheus({
          ...server,
          scheduling: {
            ...scheduling,
            limiting,
            entries: [{ ...entry!, limit }],
            descriptors: { ...scheduling.descriptors, limit },
          },
        }),
      ),
    ]
      .filter(([key]) => /^heddle_(entry_limit|descriptors_limit|limiting)\b/.test(key))
      .map((one) => one.join(' '));
  t.deepEqual(keys(null, null), []);
  t.deepEqual(keys(7, 'memory'), [
    'heddle_limiting{resource="memory"} 1',
    'heddle_entry_limit{entry="http :8080"} 7',
    'heddle_descriptors_limit{} 7',
  ]);
});

test('without a model of memory there are no metrics of it', (t) => {
  const keys = (memory: null | undefined): string[] => {
    const scheduling = { ...server.scheduling!, ...(memory === null ? { memory } : {}) };
    return [...parse(renderPrometheus({ ...server, scheduling })).keys()].filter((key) =>
      key.startsWith('heddle_memory'),
    );
  };
  t.deepEqual([keys(undefined).length, keys(null)], [3, []]);
});

test('a program without entries has the metrics of the runtime alone', (t) => {
  const series = parse(renderPrometheus(snapshotAfter([[0, 0]])));
  t.is(series.get('heddle_fibers_started_total{}'), 1);
  t.false([...series.keys()].some((key) => key.startsWith('heddle_work')));
});

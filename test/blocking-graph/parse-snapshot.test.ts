import { readFileSync } from 'node:fs';
import test from 'ava';
import { parseSnapshot, readSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { fixture } from '../cli/golden.js';

const json = readFileSync(fixture('server.json'), 'utf8');
const entry = parseSnapshot(json).scheduling!.entries[0]!;

/** The fixture with one value changed, by its path; `undefined` takes the field away. */
function changed(path: string, value: unknown): string {
  const whole = JSON.parse(json) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  const parent = keys.reduce<Record<string, unknown>>((object, key) => object[key] as Record<string, unknown>, whole);
  parent[last] = value;
  return JSON.stringify(whole);
}

test('the fixture is a snapshot', (t) => {
  const snapshot = parseSnapshot(json);
  t.is(snapshot.nodes.length, 16);
  t.deepEqual(snapshot, JSON.parse(json));
  t.deepEqual(parseSnapshot(`\ufeff${json.replaceAll('\n', '\r\n')}`), snapshot);
});

test('a snapshot that was cut off anywhere is called that', (t) => {
  for (let length = 1; length < json.trimEnd().length; length += 997)
    t.throws(() => parseSnapshot(json.slice(0, length)), {
      code: 'ERR_HEDDLE_SNAPSHOT',
      message: /damaged or cut off/,
    });
});

test('what is no JSON, or JSON of something else, is not taken for a damaged snapshot', (t) => {
  t.throws(() => parseSnapshot(''), { code: 'ERR_HEDDLE_SNAPSHOT', message: /nor any JSON/ });
  t.throws(() => parseSnapshot('digraph {}'), { code: 'ERR_HEDDLE_SNAPSHOT', message: /nor any JSON/ });
  for (const other of ['null', '[]', '"x"', '{}', '{"format":"heap"}'])
    t.throws(() => parseSnapshot(other), { code: 'ERR_HEDDLE_SNAPSHOT', message: /not a snapshot of heddle/ });
});

test('a snapshot of another version names both versions', (t) => {
  t.throws(() => parseSnapshot(changed('version', 2)), { message: /of version 2, and this heddle reads version 1/ });
  t.throws(() => parseSnapshot(changed('version', undefined)), { message: /of version `undefined`/ });
  const deep = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;
  t.throws(() => parseSnapshot(`{"format":"heddle.snapshot","version":${deep}}`), { message: /of version an object/ });
  t.throws(() => readSnapshot({ format: 'heddle.snapshot', version: 1n }), { message: /of version `1` \(bigint\)/ });
});

const wrong: [path: string, value: unknown, message: RegExp][] = [
  ['process', null, /Expected `process` to be an object, got `null`/],
  ['process.pid', '1', /Expected `process\.pid` to be an integer ≥ 0, got `1` \(string\)/],
  ['takenAt', undefined, /Expected `takenAt` to be a number, got nothing/],
  ['windowMs', -1, /Expected `windowMs` to be a number ≥ 0/],
  ['fibers.live', 1.5, /Expected `fibers\.live` to be an integer ≥ 0, got `1\.5` \(number\)/],
  ['scheduler.queue', 'lifo', /Expected `scheduler\.queue` to be `stride` or `fifo` or `other`, got `lifo`/],
  ['nodes', {}, /Expected `nodes` to be an array/],
  ['nodes.3', [], /Expected `nodes\[3\]` to be an object, got an array/],
  ['nodes.3.id', '"><script>', /Expected `nodes\[3\]\.id` to be an id/],
  ['nodes.3.id', 'n2accept', /Expected `nodes\[3\]\.id` to be different from all ids before it/],
  ['nodes.3.subject', undefined, /Expected `nodes\[3\]\.subject` to be a string, got nothing/],
  ['nodes.3.chain.0', 7, /Expected `nodes\[3\]\.chain\[0\]` to be a string/],
  ['nodes.3.run.meanMs', 'fast', /Expected `nodes\[3\]\.run\.meanMs` to be a number/],
  ['nodes.3.wait.buckets.0', [1], /Expected `nodes\[3\]\.wait\.buckets\[0\]` to be a pair/],
  ['nodes.3.wait.count', 1, /Expected `nodes\[3\]\.wait\.count` to be the sum of its buckets/],
  [
    'nodes.3.wait',
    {
      count: 2,
      sumMs: 1,
      buckets: [
        [5, 1],
        [5, 1],
      ],
    },
    /Expected `nodes\[3\]\.wait\.buckets\[1\]` to be a bucket above that of index 5/,
  ],
  [
    'nodes.3.wait',
    {
      count: 2,
      sumMs: 1,
      buckets: [
        [300, 1],
        [5, 1],
      ],
    },
    /Expected `nodes\[3\]\.wait\.buckets\[1\]` to be a bucket above that of index 300/,
  ],
  ['edges.0.from', 'nobody', /Expected `edges\[0\]\.from` to be the id of a node, got `nobody`/],
  ['edges.0.to', 'nobody', /Expected `edges\[0\]\.to` to be the id of a node/],
  ['locks.0.holders.0.fiber', null, /Expected `locks\[0\]\.holders\[0\]\.fiber` to be an integer/],
  ['locks.0.pid', 'x', /Expected `locks\[0\]\.pid` to be an integer/],
  ['nodes.1.spawns.0.to', 'nobody', /Expected `nodes\[1\]\.spawns\[0\]\.to` to be the id of a node/],
  ['nodes.1.descriptors', 0.5, /Expected `nodes\[1\]\.descriptors` to be an integer, got `0\.5`/],
  ['nodes.5.held.fibers', -1, /Expected `nodes\[5\]\.held\.fibers` to be an integer ≥ 0/],
  ['nodes.5.ahead', 3, /Expected `nodes\[5\]\.ahead` to be an object/],
  ['scheduling', [], /Expected `scheduling` to be an object, got an array/],
  ['scheduling.limiting', 1, /Expected `scheduling\.limiting` to be a string/],
  ['scheduling.resources.0.unit', 'cores', /Expected `scheduling\.resources\[0\]\.unit` to be `processors` or/],
  [
    'scheduling.entries',
    [entry, entry],
    /Expected `scheduling\.entries\[1\]\.name` to be different from all names before it, got `http :8080`/,
  ],
  [
    'scheduling.entries.0.kinds',
    [entry.kinds[0]!, entry.kinds[1]!, entry.kinds[1]!],
    /Expected `scheduling\.entries\[0\]\.kinds\[2\]\.name` to be different from all names before it/,
  ],
  ['scheduling.resources.1.name', 'cpu', /Expected `scheduling\.resources\[1\]\.name` to be different from all names/],
  [
    'scheduling.entries.0.kinds.0.admitted',
    '1',
    /Expected `scheduling\.entries\[0\]\.kinds\[0\]\.admitted` to be an int/,
  ],
  [
    'scheduling.entries.0.refusing',
    {},
    /Expected `scheduling\.entries\[0\]\.refusing\.reason` to be a string, got nothing/,
  ],
  ['scheduling.memory.survival', -1, /Expected `scheduling\.memory\.survival` to be a number ≥ 0/],
  ['warnings.0', 1, /Expected `warnings\[0\]` to be a string/],
];

for (const [path, value, message] of wrong) {
  test(`\`${path}\` being ${JSON.stringify(value) ?? 'absent'} is an error that names it`, (t) => {
    t.throws(() => parseSnapshot(changed(path, value)), { code: 'ERR_HEDDLE_SNAPSHOT', message });
  });
}

test('fields of a later minor version are ignored', (t) => {
  t.deepEqual(parseSnapshot(changed('colour', 'blue')), JSON.parse(json));
  t.is(({} as Record<string, unknown>)['polluted'], undefined);
  t.notThrows(() => parseSnapshot(json.replace('{', '{"__proto__": {"polluted": 1},')));
  t.is(({} as Record<string, unknown>)['polluted'], undefined);
});

test('what is read shares nothing with what it was read from', (t) => {
  const value = JSON.parse(json) as { nodes: { chain: string[] }[] };
  const snapshot = readSnapshot(value);
  value.nodes[0]!.chain[0] = 'changed';
  t.is(snapshot.nodes[0]?.chain[0], 'serve');
});

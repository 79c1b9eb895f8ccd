import test from 'ava';
import { add } from '#src/blocking-graph/add.js';
import { collapse } from '#src/blocking-graph/collapse.js';
import { describeScheduling } from '#src/blocking-graph/describe-scheduling.js';
import { mostOutstanding } from '#src/blocking-graph/most-outstanding.js';
import { OTHER_KINDS } from '#src/blocking-graph/other-kinds.js';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { describeLimiting } from '#src/blocking-graph/render/scheduling-view.js';
import { renderText } from '#src/blocking-graph/render/text.js';
import type { EntrySnapshot, NodeSnapshot, SchedulingSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { subtract } from '#src/blocking-graph/subtract.js';
import { server } from './hostile.js';

const scheduling = server.scheduling!;

function later(change: Partial<SchedulingSnapshot>, byMs: number = 1000): Snapshot {
  return {
    ...server,
    takenAt: server.takenAt + byMs,
    windowMs: server.windowMs + byMs,
    scheduler: { ...server.scheduler, ranMs: server.scheduler.ranMs + byMs / 4 },
    scheduling: { ...scheduling, ...change },
  };
}

function withKinds(entry: EntrySnapshot, change: (kind: EntrySnapshot['kinds'][number]) => object): EntrySnapshot {
  return { ...entry, kinds: entry.kinds.map((kind) => ({ ...kind, ...change(kind) })) };
}

test('of two moments counts are subtracted, and all else is as it was in the end', (t) => {
  const entry = withKinds(scheduling.entries[0]!, (kind) => ({
    live: 7,
    offered: kind.offered + 10,
    admitted: kind.admitted + 6,
    refused: kind.refused + 4,
  }));
  const resources = scheduling.resources.map((one) => ({ ...one, used: 1, blocked: one.blocked + 3 }));
  const refusals = [...entry.refusals.map((one) => ({ ...one })), { reason: 'cpu', count: 4 }];
  const between = subtract(
    later({ stopped: 3, limiting: 'cpu', resources, entries: [{ ...entry, refusals }] }),
    server,
  );
  t.like(between.scheduling, { limiting: 'cpu', stopped: 2, live: scheduling.live });
  t.deepEqual(between.scheduling!.entries[0]!.refusals, [{ reason: 'cpu', count: 4 }]);
  t.like(between.scheduling!.entries[0]!.kinds[0], { live: 7, offered: 10, admitted: 6, refused: 4, finished: 0 });
  t.true(between.scheduling!.resources.every(({ blocked }) => blocked === 3));
  t.is(between.scheduling!.resources[0]!.used, 0.25, 'of the processor what was used in between');
  t.is(between.scheduling!.resources[1]!.used, 1);
});

test('of two moments, fibers started and descriptors opened are those in between', (t) => {
  const more = (change: number): Snapshot => ({
    ...later({}),
    nodes: server.nodes.map((node) => ({
      ...node,
      spawns: node.spawns.map(({ to, count }) => ({ to, count: count + change })),
      descriptors: node.descriptors + change,
    })),
  });
  const node = (snapshot: Snapshot, id: string): NodeSnapshot => snapshot.nodes.find((one) => one.id === id)!;
  const between = subtract(more(5), server);
  t.deepEqual(node(between, 'n2accept').spawns, [{ to: 'n3spawnreq', count: 5 }]);
  t.is(node(between, 'n6query').descriptors, 5);
  t.deepEqual(node(between, 'n6query').run, { totalMs: 0, meanMs: null, samples: 0 }, 'nothing ran there');
  t.deepEqual(node(between, 'n6query').allocated, node(server, 'n6query').allocated, 'means are the later ones');
  t.deepEqual(parseSnapshot(JSON.stringify(between)), between);
  t.deepEqual(node(subtract(more(0), server), 'n2accept').spawns, []);
  t.throws(() => subtract(more(-5), server), { code: 'ERR_HEDDLE_SNAPSHOT', message: /swapped/ });
});

test('nodes of several processes have together what each has', (t) => {
  const second = {
    ...server,
    process: { ...server.process, pid: 2 },
    nodes: server.nodes.map((node) => ({
      ...node,
      allocated: node.allocated && { ...node.allocated, heapBytes: 3 * node.allocated.heapBytes },
    })),
  };
  const sum = add([server, second]).nodes.find(({ id }) => id === 'n6query')!;
  const one = server.nodes.find(({ id }) => id === 'n6query')!;
  t.deepEqual(sum.allocated, {
    heapBytes: 2 * one.allocated!.heapBytes,
    externalBytes: 0,
    samples: 2 * one.allocated!.samples,
  });
  t.is(sum.descriptors, 2 * one.descriptors);
  t.deepEqual(sum.held, { by: 'memory', fibers: 14, forMs: 6200 });
  t.deepEqual(sum.ahead, one.ahead);
});

test('where nodes are shown as one, what they started is counted together', (t) => {
  const small = collapse(server, 3);
  const ids = new Set(small.nodes.map(({ id }) => id));
  t.true(small.nodes.every(({ spawns }) => spawns.every(({ to }) => ids.has(to))));
  const started = (snapshot: Snapshot): number =>
    snapshot.nodes.flatMap(({ spawns }) => spawns).reduce((sum, { count }) => sum + count, 0);
  t.is(started(small), started(server));
});

test('an entry that is new, or was opened anew, counts from zero', (t) => {
  const anew = withKinds(scheduling.entries[0]!, () => ({ offered: 5, admitted: 5, refused: 0 }));
  const between = subtract(later({ entries: [anew, { ...anew, name: 'new' }] }), server);
  t.deepEqual(
    between.scheduling!.entries.map(({ kinds }) => kinds[0]!.offered),
    [5, 5],
  );
  t.deepEqual(subtract(later({}), { ...server, scheduling: null }).scheduling, scheduling);
});

test('what may be outstanding of a resource is what it does until that is due, and while it may queue', (t) => {
  t.deepEqual(
    scheduling.resources.map((one) => [one.name, mostOutstanding(one)]),
    [
      ['cpu', 1 * (15 + 980)],
      ['memory', 171200000 * (15 + 125)],
      ['external memory', null],
      ['descriptors', null],
      ['semaphore `pool`', 2 * (15 + 160)],
    ],
  );
  const [cpu] = scheduling.resources;
  t.is(mostOutstanding({ ...cpu!, steady: 0.25 }), 0.75 * (15 + 980), 'what streams use others cannot have');
  t.is(mostOutstanding({ ...cpu!, steady: 2 }), 0);
});

test('of several processes everything adds up, limits too, and what limits most of them limits', (t) => {
  const [cpu, second] = ['cpu', 'cpu'].map((limiting, i) => ({
    ...later({ limiting }),
    process: { ...server.process, pid: 2 + i },
  }));
  const { scheduling: sum } = add([server, cpu!, second!]);
  t.is(sum!.limiting, 'cpu');
  t.is(sum!.live, 3 * scheduling.live);
  t.deepEqual(
    sum!.resources.map(({ capacity }) => capacity),
    scheduling.resources.map(({ capacity }) => (capacity === null ? null : 3 * capacity)),
  );
  for (const field of ['used', 'outstanding', 'blocked'] as const)
    t.deepEqual(
      sum!.resources.map((one) => one[field]),
      scheduling.resources.map((one) => one[field] + one[field] + one[field]),
    );
  t.deepEqual([sum!.stopped, sum!.heldBack], [3 * scheduling.stopped, 3 * scheduling.heldBack]);
  t.is(sum!.entries.length, 1);
  const [kind, known] = [sum!.entries[0]!.kinds[0]!, scheduling.entries[0]!.kinds[0]!];
  for (const field of ['live', 'offered', 'admitted', 'finished', 'refused', 'withdrawn'] as const)
    t.is(kind[field], 3 * known[field], field);
  t.deepEqual(sum!.entries[0]!.refusals[1], { reason: 'memory', count: 3 * 522 });
  t.is(sum!.memory!.survival, scheduling.memory!.survival);
  t.is(sum!.descriptors.limit, 3 * 3891);
});

test('of what survives in memory each process counts by what lives in it, and one that knows nothing does not count', (t) => {
  const remembered = (...memories: SchedulingSnapshot['memory'][]): SchedulingSnapshot['memory'] =>
    add(memories.map((memory, i) => ({ ...later({ memory }), process: { ...server.process, pid: 2 + i } }))).scheduling!
      .memory;
  const large = { liveBytes: 300, baseBytes: 30, survival: 0.5 };
  const small = { liveBytes: 100, baseBytes: 10, survival: 0.1 };
  t.deepEqual(remembered(large, small), { liveBytes: 400, baseBytes: 40, survival: 0.4 });
  t.deepEqual(remembered(null, small), small);
  t.deepEqual(remembered(large, null), large);
  t.is(remembered(null, null), null);
  const empty = { liveBytes: 0, baseBytes: 0, survival: 0.2 };
  t.deepEqual(remembered(empty, empty), empty);
});

test('a process without entries adds nothing', (t) => {
  const plain = { ...server, process: { ...server.process, pid: 2 }, scheduling: null };
  t.deepEqual(add([plain, server]).scheduling, scheduling);
  t.is(add([plain, { ...plain, process: { ...server.process, pid: 3 } }]).scheduling, null);
});

test('a sum and a difference can be read back', (t) => {
  for (const one of [add([server, server]), subtract(later({}), server)])
    t.deepEqual(parseSnapshot(JSON.stringify(one)), one);
});

test('what an earlier heddle wrote, without this part, is read as having none', (t) => {
  const { scheduling: _, ...rest } = server;
  const nodes = server.nodes.map(
    ({ spawns: _s, pool: _p, allocated: _a, descriptors: _d, ahead: _h, held: _e, ...n }) => n,
  );
  const read = parseSnapshot(JSON.stringify({ ...rest, nodes }));
  t.is(read.scheduling, null);
  t.like(read.nodes[3], { spawns: [], pool: null, allocated: null, descriptors: 0, ahead: null, held: null });
  t.notRegex(renderText(read), /scheduling|limiting/);
});

test('what has lasted is warned of, and a burst is not', (t) => {
  const entry = scheduling.entries[0]!;
  const warnings = (forMs: number): string[] =>
    describeScheduling(
      { ...scheduling, stopped: 0, entries: [{ ...entry, refusing: { reason: 'memory', forMs } }] },
      [],
    );
  t.deepEqual(warnings(4999), []);
  t.deepEqual(warnings(12_000), [
    'http :8080 has been refusing work for 12 s, most of it because there is too little of memory',
  ]);
  t.deepEqual(describeScheduling({ ...scheduling, entries: [], stopped: 0 }, server.nodes), [
    '7 fibers have been kept from going on from until(db.query) of GET /item/:id → lookup for up to 6 s by memory',
  ]);
  t.deepEqual(describeScheduling({ ...scheduling, entries: [] }, []), [
    '1 fiber was cancelled because memory had run out',
  ]);
  t.deepEqual(describeScheduling(null, server.nodes), []);
});

test('where kinds of work are no more told apart it says how to name them', (t) => {
  const entry = scheduling.entries[0]!;
  const others = { ...entry.kinds[0]!, name: OTHER_KINDS, offered: 5312 };
  const entries = [{ ...entry, refusing: null, kinds: [...entry.kinds, others] }];
  t.deepEqual(describeScheduling({ ...scheduling, stopped: 0, entries }, []), [
    'http :8080 tells no more kinds of work apart, and takes 5,312 pieces for one kind: names with identifiers in them (`/user/17`) need `kindOf`',
  ]);
});

test('of a kind none of which meets the goal it says so', (t) => {
  const entry = scheduling.entries[0]!;
  const warnings = (late: number): string[] => {
    const kinds = [{ ...entry.kinds[0]!, name: 'GET /report', late }, entry.kinds[1]!];
    return describeScheduling({ ...scheduling, stopped: 0, entries: [{ ...entry, refusing: null, kinds }] }, []);
  };
  t.deepEqual(warnings(23), []);
  t.deepEqual(warnings(1024), [
    'GET /report of http :8080 does not meet the goal of 500 ms: the last 1,024 that ended took longer or were cancelled; `--remaining` shows how long one takes by itself',
  ]);
});

test('to write a number no Intl is made, whose first use holds a program up', (t) => {
  const entry = scheduling.entries[0]!;
  const others = { ...entry.kinds[0]!, name: OTHER_KINDS, offered: 5312 };
  const { toLocaleString } = Number.prototype;
  Number.prototype.toLocaleString = () => t.fail() as never;
  try {
    describeScheduling({ ...scheduling, stopped: 0, entries: [{ ...entry, refusing: null, kinds: [others] }] }, []);
  } finally {
    Number.prototype.toLocaleString = toLocaleString;
  }
  t.pass();
});

test('a warning says of each reason for a refusal what it means, and not that there is too little of it', (t) => {
  const why = (reason: string): string =>
    describeScheduling(
      { ...scheduling, stopped: 0, entries: [{ ...scheduling.entries[0]!, refusing: { reason, forMs: 6000 } }] },
      [],
    )[0]!.replace(/^.* because /, '');
  t.is(why('descriptors'), 'there is too little of descriptors');
  for (const reason of [
    'latency',
    'slow start',
    'overload',
    'the queue is full',
    'closed',
    'no descriptor for a connection',
    'no request on a connection',
    'too late',
  ])
    t.notRegex(why(reason), /too little/, reason);
});

test('what limits is said in a sentence, whatever it is', (t) => {
  const sentence = (limiting: string | null): string => describeLimiting({ ...scheduling, limiting });
  t.is(sentence('semaphore `pool`'), 'the limiting resource is semaphore `pool`');
  t.is(sentence('resource `database`'), 'the limiting resource is `database`');
  t.is(sentence(null), 'no resource is limiting');
  t.regex(sentence('latency'), /no resource is known to be limiting, but answers are slow/);
  t.regex(sentence('slow start'), /but little is known yet/);
});

test('of many kinds of work those are listed that were refused most, and the rest is counted', (t) => {
  const entry = scheduling.entries[0]!;
  const kinds = Array.from({ length: 100 }, (_, i) => ({ ...entry.kinds[0]!, name: `kind ${i}`, refused: i }));
  const text = renderText({ ...server, scheduling: { ...scheduling, entries: [{ ...entry, kinds }] } });
  t.regex(text, /kind {6}live.*\n {2}kind 99 /);
  t.regex(text, /… and 90 more kinds of work/);
});

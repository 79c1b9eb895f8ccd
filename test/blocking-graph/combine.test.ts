import test from 'ava';
import fc from 'fast-check';
import { Runtime } from 'heddle';
import { add } from '#src/blocking-graph/add.js';
import { findImbalances } from '#src/blocking-graph/analysis.js';
import { describeDeadlocks } from '#src/blocking-graph/deadlocks.js';
import { collapse } from '#src/blocking-graph/collapse.js';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { renderJson } from '#src/blocking-graph/render/json.js';
import type { FiberRef, LockSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { subtract } from '#src/blocking-graph/subtract.js';
import { server } from './hostile.js';
import { runs, snapshotAfter, walks, type Walk } from './walks.js';

const walkAndMoment = walks.chain((walk) => fc.tuple(fc.constant(walk), fc.nat(walk.length)));

test('a graph that was walked balances', (t) => {
  fc.assert(
    fc.property(walks, (walk) => {
      t.deepEqual(findImbalances(snapshotAfter(walk)), []);
    }),
    runs,
  );
});

test('a snapshot tells when its process was started, in a file too', async (t) => {
  const [one, two] = [await new Runtime().snapshot(), parseSnapshot(renderJson(await new Runtime().snapshot()))];
  t.true(one.process.startedAt! <= one.takenAt);
  t.is(two.process.startedAt, one.process.startedAt);
});

test('locks of two processes with one number, as in containers, are no deadlock, in a sum of sums neither', (t) => {
  const fiber = (number: number): FiberRef => ({ fiber: number, kind: 'f', node: null, sinceMs: 5, bounded: false });
  const lock = (name: string, holder: number, waiter: number): LockSnapshot => ({
    id: 1,
    kind: 'mutex',
    name,
    capacity: 1,
    available: 0,
    holders: [fiber(holder)],
    waiters: [fiber(waiter)],
    unlisted: 0,
  });
  const locked = (...locks: LockSnapshot[]): Snapshot => ({ ...snapshotAfter([[0, 0]]), locks });
  const [a, b] = [locked(lock('L', 2, 1)), locked(lock('M', 1, 2))];
  const read = (snapshot: Snapshot): Snapshot => parseSnapshot(renderJson(snapshot));
  for (const sum of [add([a, b]), add([read(add([a, a])), b]), add([b, read(add([a, locked()])), a])])
    t.deepEqual(describeDeadlocks(read(sum).locks), []);
  const stuck = locked(lock('L', 2, 1), lock('M', 1, 2));
  t.is(describeDeadlocks(add([a, read(add([b, stuck]))]).locks).length, 1);
});

test('a sum names the scheduler of its processes if it is the same, and what limits and refuses most', (t) => {
  const { scheduling, ...rest } = server;
  const [first] = scheduling!.entries;
  const one = (queue: 'stride' | 'fifo', limiting: string | null, forMs: number | null): Snapshot => ({
    ...rest,
    scheduler: { ...rest.scheduler, queue },
    scheduling: {
      ...scheduling!,
      limiting,
      entries: [{ ...first!, refusing: forMs === null ? null : { reason: `for ${forMs}`, forMs } }],
    },
  });
  const same = add([one('stride', 'cpu', 7), one('stride', 'memory', null), one('stride', 'memory', 9)]);
  t.is(same.scheduler.queue, 'stride');
  t.is(same.scheduling!.limiting, 'memory');
  t.is(same.scheduling!.entries[0]!.refusing?.forMs, 9);
  t.is(add([one('stride', null, null), one('fifo', null, 1)]).scheduler.queue, 'other');
  t.is(add([one('fifo', null, null), one('fifo', null, 1)]).scheduling!.entries[0]!.refusing?.forMs, 1);
  t.is(add([one('fifo', null, 1), one('fifo', null, null)]).scheduling!.entries[0]!.refusing?.forMs, 1);
});

test('a count that is off by one is found', (t) => {
  const walk: Walk = [
    [0, 0],
    [0, 1],
    [0, 2],
    [0, 1],
  ];
  const whole = snapshotAfter(walk);
  const tampered = { ...whole, edges: whole.edges.map((edge, index) => (index === 0 ? { ...edge, count: 2 } : edge)) };
  t.deepEqual(findImbalances(tampered), [
    'node spawn counts 0 fibers, its edges leave -1',
    'node place1 counts 2 arrivals, its edges 3',
  ]);
});

test('what is written as JSON is read back the same', (t) => {
  fc.assert(
    fc.property(walks, (walk) => {
      const snapshot = snapshotAfter(walk);
      t.deepEqual(parseSnapshot(renderJson(snapshot)), snapshot);
    }),
    runs,
  );
});

test('the earlier snapshot and the difference make up the later one', (t) => {
  fc.assert(
    fc.property(walkAndMoment, ([walk, moment]) => {
      const earlier = snapshotAfter(walk, moment);
      const later = snapshotAfter(walk);
      const between = subtract(later, earlier);
      t.deepEqual(sum(edgeCounts(earlier), edgeCounts(between)), edgeCounts(later));
      t.deepEqual(sum(arrivals(earlier), arrivals(between)), arrivals(later));
      t.deepEqual(sum(waits(earlier), waits(between)), waits(later));
      t.is(earlier.fibers.spawned + between.fibers.spawned, later.fibers.spawned);
      t.is(between.windowMs, walk.length - moment);
    }),
    runs,
  );
});

test('a difference says where fibers stand at its end', (t) => {
  const walk: Walk = [
    [0, 0],
    [0, 1],
    [0, 2],
  ];
  const between = subtract(snapshotAfter(walk), snapshotAfter(walk, 2));
  t.deepEqual(
    between.nodes.map(({ id, fibers, arrivals: came }) => ({ id, fibers, came })),
    [
      { id: 'place1', fibers: 0, came: 0 },
      { id: 'place2', fibers: 1, came: 1 },
    ],
  );
});

test('an edge on which no run was timed in between has no mean', (t) => {
  const walk: Walk = [
    [0, 0],
    [0, 1],
    [0, 1],
    [0, 1],
  ];
  const timed = (snapshot: Snapshot, samples: number): Snapshot => ({
    ...snapshot,
    edges: snapshot.edges.map((edge) => ({ ...edge, samples, meanMs: 2 })),
  });
  for (const [samples, meanMs] of [
    [5, null],
    [7, 2],
  ] as const) {
    const { edges } = subtract(timed(snapshotAfter(walk), samples), timed(snapshotAfter(walk, 3), 5));
    t.like(edges, [{ from: 'place1', to: 'place1', count: 1, samples: samples - 5, meanMs }]);
  }
});

test('swapped snapshots are an error that says so', (t) => {
  const walk: Walk = [
    [0, 0],
    [0, 1],
    [0, 2],
  ];
  const [earlier, later] = [snapshotAfter(walk, 2), snapshotAfter(walk)];
  t.throws(() => subtract(earlier, later), { code: 'ERR_HEDDLE_SNAPSHOT', message: /swapped.*it was taken first/ });
  const lying = { ...earlier, takenAt: later.takenAt, windowMs: later.windowMs };
  t.throws(() => subtract(lying, later), {
    code: 'ERR_HEDDLE_SNAPSHOT',
    message: /swapped.*is 1, below 2|swapped.*is \d+, below/,
  });
  const waited = (count: number): Snapshot => ({
    ...later,
    nodes: later.nodes.map((node) => ({ ...node, wait: { count, sumMs: count, buckets: [[3, count]] } })),
  });
  t.throws(() => subtract(waited(1), waited(2)), {
    code: 'ERR_HEDDLE_SNAPSHOT',
    message: /swapped.*fewer waits at node/,
  });
  t.throws(() => subtract({ ...later, lost: 1 }, { ...earlier, lost: 2 }), {
    code: 'ERR_HEDDLE_SNAPSHOT',
    message: /swapped.*its lost is 1, below 2/,
  });
});

test('a clock that was set back meanwhile does not swap snapshots', (t) => {
  const walk: Walk = [
    [0, 0],
    [0, 1],
  ];
  const [earlier, later] = [snapshotAfter(walk, 1), snapshotAfter(walk)];
  t.is(subtract({ ...later, takenAt: earlier.takenAt - 3_600_000 }, earlier).windowMs, 1);
});

test('snapshots of two processes, or of a process started anew, have no difference', (t) => {
  const one = snapshotAfter([[0, 0]]);
  t.throws(() => subtract(snapshotAfter([[0, 0]], 1, { pid: 2 }), one), {
    message: /two processes, 1 \(walk\) and 2 \(walk\)/,
  });
  t.throws(() => subtract({ ...one, takenAt: one.takenAt + 50, windowMs: 0 }, one), { message: /started anew/ });
  // It may have run for longer since than before.
  const started = (startedAt: number, ms: number): Snapshot =>
    snapshotAfter(
      [
        [0, 0],
        [0, 1],
      ],
      ms,
      { startedAt },
    );
  t.throws(() => subtract(started(2000, 2), started(1000, 1)), { message: /started anew/ });
  t.is(subtract(started(1000, 2), started(1000, 1)).windowMs, 1);
  t.is(subtract(started(1000, 2), snapshotAfter([[0, 0]])).windowMs, 1);
});

test('the sum of processes counts what each of them counts', (t) => {
  fc.assert(
    fc.property(walks, walks, (walkA, walkB) => {
      const [a, b] = [snapshotAfter(walkA), snapshotAfter(walkB, walkB.length, { pid: 2 })];
      const both = add([a, b]);
      t.deepEqual(edgeCounts(both), sum(edgeCounts(a), edgeCounts(b)));
      t.deepEqual(arrivals(both), sum(arrivals(a), arrivals(b)));
      t.deepEqual(waits(both), sum(waits(a), waits(b)));
      t.deepEqual(findImbalances(both), []);
      t.deepEqual(edgeCounts(add([b, a])), edgeCounts(both));
    }),
    runs,
  );
});

test('a sum is a snapshot that can be written, read and subtracted', (t) => {
  const of = (walk: Walk): Snapshot => add([snapshotAfter(walk), snapshotAfter(walk, walk.length, { pid: 2 })]);
  const later = of([
    [0, 0],
    [0, 1],
  ]);
  t.deepEqual(parseSnapshot(renderJson(later)), later);
  t.is(subtract(later, of([[0, 0]])).edges[0]?.count, 2);
  t.is(later.process.title, '2 processes: walk');
});

test('locks and warnings of a sum say whose they are', (t) => {
  const lock = {
    id: 1,
    kind: 'mutex',
    name: 'a',
    capacity: 1,
    available: 0,
    holders: [],
    waiters: [],
    unlisted: 0,
  } as const;
  const one = { ...snapshotAfter([]), locks: [lock], warnings: ['it is late'] };
  const two = { ...one, process: { ...one.process, pid: 2 } };
  const both = add([one, two]);
  t.deepEqual(
    both.locks.map(({ id, pid }) => [id, pid]),
    [
      [1, 1],
      [2, 2],
    ],
  );
  t.deepEqual(both.warnings, ['process 1: it is late', 'process 2: it is late']);
  const three = add([both, { ...one, process: { ...one.process, pid: 3 } }]);
  t.deepEqual(
    three.locks.map(({ pid }) => pid),
    [1, 2, 3],
  );
  t.is(three.warnings[0], 'process 1: it is late');
});

test('what processes use adds up, and is unknown where one of them does not know', (t) => {
  const one = snapshotAfter([]);
  const using = (usage: Snapshot['usage'], pid: number): Snapshot => ({
    ...one,
    usage,
    process: { ...one.process, pid },
  });
  const used = {
    cpuMs: 1,
    heapUsedBytes: 20,
    heapLimitBytes: 300,
    rssBytes: 4000,
    descriptors: 50_000,
    descriptorLimit: 600_000,
  };
  const twice = Object.fromEntries(Object.entries(used).map(([name, amount]) => [name, 2 * amount]));
  t.deepEqual({ ...add([using(used, 1), using(used, 2)]).usage }, twice as typeof used);
  t.is(add([using(used, 1), using(null, 2)]).usage, null);
  t.is(add([using(used, 1), using({ ...used, descriptors: null }, 2)]).usage!.descriptors, null);
});

test('nothing to add is an error, one snapshot is its own sum', (t) => {
  t.throws(() => add([]), { code: 'ERR_HEDDLE_ARGUMENT' });
  const one = snapshotAfter([]);
  t.is(add([one]), one);
});

test('a collapsed graph has no more nodes than asked for and no fewer fibers', (t) => {
  fc.assert(
    fc.property(walks, fc.integer({ min: 1, max: 8 }), (walk, limit) => {
      const snapshot = snapshotAfter(walk);
      const [first] = snapshot.nodes;
      const whole = {
        ...snapshot,
        nodes: snapshot.nodes.map((node, n) => ({ ...node, spawns: [{ to: first!.id, count: n + 1 }] })),
      };
      const small = collapse(whole, limit);
      t.deepEqual(startsOf(small), startsOf(whole));
      t.true(small.nodes.length <= limit);
      t.is(total(arrivals(small)), total(arrivals(whole)));
      t.is(
        small.nodes.reduce((all, node) => all + node.fibers, 0),
        whole.fibers.live,
      );
      const ids = new Set(small.nodes.map(({ id }) => id));
      t.true(small.edges.every(({ from, to }) => ids.has(from) && ids.has(to)));
    }),
    runs,
  );
});

test('what waits in the fewest places is shown place by place as long as there is room', (t) => {
  const [node] = snapshotAfter([[0, 0]]).nodes;
  const at = (label: string, place: string): Snapshot['nodes'][number] => ({
    ...node!,
    id: `${label} ${place}`,
    label,
    chain: [place],
    spawns: [],
  });
  const nodes = [...'abcde'].map((place) => at('sleep', place)).concat([...'fg'].map((place) => at('net.read', place)));
  const whole = { ...snapshotAfter([]), nodes, edges: [] };
  const labels = (limit: number): string[] =>
    collapse(whole, limit)
      .nodes.map(({ label }) => label)
      .sort();
  t.deepEqual(labels(3), ['net.read', 'net.read', 'sleep']);
  t.deepEqual(labels(2), ['net.read', 'sleep']);
});

function startsOf({ nodes }: Snapshot): number {
  return nodes.flatMap(({ spawns }) => spawns).reduce((sum, { count }) => sum + count, 0);
}

type Counts = Record<string, number>;

function edgeCounts({ edges }: Snapshot): Counts {
  return sorted(edges.map(({ from, to, count }) => [`${from}>${to}`, count]));
}

function arrivals({ nodes }: Snapshot): Counts {
  return sorted(nodes.map((node) => [node.id, node.arrivals]));
}

function waits({ nodes }: Snapshot): Counts {
  return sorted(
    nodes.flatMap(({ id, wait }) => (wait?.buckets ?? []).map(([bucket, count]) => [`${id}/${bucket}`, count])),
  );
}

/** Zeros say nothing: a difference leaves them out. */
function sorted(entries: (string | number)[][]): Counts {
  return Object.fromEntries(entries.filter(([, count]) => count !== 0).sort()) as Counts;
}

function sum(a: Counts, b: Counts): Counts {
  return sorted(
    [...new Set([...Object.keys(a), ...Object.keys(b)])].map((key) => [key, (a[key] ?? 0) + (b[key] ?? 0)]),
  );
}

function total(counts: Counts): number {
  return Object.values(counts).reduce((all, count) => all + count, 0);
}

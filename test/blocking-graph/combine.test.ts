import test from 'ava';
import fc from 'fast-check';
import { Runtime } from 'heddle';
import { add } from '#src/blocking-graph/add.js';
import { findImbalances } from '#src/blocking-graph/analysis.js';
import { describeDeadlocks } from '#src/blocking-graph/deadlocks.js';
import { collapse } from '#src/blocking-graph/collapse.js';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { renderJson } from '#src/blocking-graph/render/json.js';
import type { FiberRef, LockSnapshot, NodeSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
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
  const fiber = (number: number): FiberRef => ({
    fiber: number,
    kind: 'f',
    node: null,
    sinceMs: 5,
    bounded: false,
    ended: false,
  });
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
      const earlier = { ...snapshotAfter(walk, moment), lost: moment };
      const later = { ...snapshotAfter(walk), lost: walk.length };
      const between = subtract(later, earlier);
      t.deepEqual(sum(counts(earlier), counts(between)), counts(later));
      t.is(between.windowMs, walk.length - moment);
      const { spawned, ended } = between.fibers;
      t.deepEqual(between.fibers, { ...later.fibers, spawned, ended });
      t.deepEqual({ ...between.usage, cpuMs: later.usage!.cpuMs }, later.usage!);
      t.like(between, { process: later.process, takenAt: later.takenAt, scheduler: { queue: 'fifo', sliceMs: 2 } });
      for (const node of between.nodes) t.like(node, { run: { meanMs: node.run.samples === 0 ? null : 0.5 } });
      const known = new Set(between.nodes.map(({ id }) => id));
      for (const { id, fibers } of later.nodes)
        t.true(known.has(id) || fibers === 0, 'who waits all the time is shown');
      for (const { spawns } of between.nodes) for (const { to } of spawns) t.true(known.has(to));
    }),
    runs,
  );
});

test('the longest run is one of the time in between only if there was a long one', (t) => {
  const after = (steps: number): Snapshot =>
    snapshotAfter(
      Array.from({ length: 12 }, () => [0, 0]),
      steps,
    );
  t.like(subtract(after(7), after(4)).scheduler, { overruns: 0, longestMs: 0 });
  t.like(subtract(after(8), after(4)).scheduler, { overruns: 1, longestMs: 7 });
});

test('where one of two snapshots does not tell what the process uses, a difference tells what the later one does', (t) => {
  const one = snapshotAfter([[0, 0]]);
  t.is(subtract({ ...one, usage: null }, one).usage, null);
  t.is(subtract(one, { ...one, usage: null }).usage?.cpuMs, 3);
});

/** The fixture, with the counts of scheduling this many times as large. */
function busy(times: number): Snapshot {
  const scheduling = server.scheduling!;
  const { descriptors } = scheduling;
  const [processor, ...resources] = scheduling.resources.map((one) => ({ ...one, blocked: times * one.blocked }));
  return {
    ...server,
    windowMs: 1000 * times,
    scheduler: { ...server.scheduler, ranMs: 250 * times },
    scheduling: {
      ...scheduling,
      resources: [{ ...processor!, used: 0.25 }, ...resources],
      entries: scheduling.entries.map((entry) => ({
        ...entry,
        kinds: entry.kinds.map((kind) => ({
          ...kind,
          offered: times * kind.offered,
          admitted: times * kind.admitted,
          finished: times * kind.finished,
          refused: times * kind.refused,
          withdrawn: times * kind.withdrawn,
        })),
        refusals: entry.refusals.map(({ reason, count }) => ({ reason, count: times * count })),
      })),
      descriptors: { ...descriptors, heldBack: times * descriptors.heldBack },
      stopped: times * scheduling.stopped,
    },
  };
}

test('what was offered, admitted and refused between two snapshots is that of the time in between', (t) => {
  t.deepEqual(subtract(busy(5), busy(2)).scheduling, busy(3).scheduling);
  const idle = subtract(busy(2), busy(2)).scheduling!;
  t.deepEqual(idle, { ...busy(0).scheduling!, resources: idle.resources, entries: idle.entries });
  t.is(idle.resources[0]!.used, 0);
  t.deepEqual(idle.entries[0]!.kinds, busy(0).scheduling!.entries[0]!.kinds);
  t.deepEqual(idle.entries[0]!.refusals, [], 'nothing was refused');
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
    message: /different processes, 1 \(walk\) and 2 \(walk\)/,
  });
  const three = add([1, 2, 3].map((pid) => snapshotAfter([], 1, { pid })));
  t.throws(() => subtract(three, one), { message: /different processes, 1 \(walk\) and 3 processes: walk: / });
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
      t.deepEqual(counts(both), sum(counts(a), counts(b)));
      t.deepEqual(findImbalances(both), []);
      t.deepEqual(counts(add([b, a])), counts(both));
    }),
    runs,
  );
});

test('means of a node that several processes have are weighted by what they are means of, and the longest count', (t) => {
  const one = snapshotAfter([
    [0, 0],
    [0, 1],
  ]);
  const merged = (a: Partial<NodeSnapshot>, b: Partial<NodeSnapshot>): NodeSnapshot => {
    const having = (some: Partial<NodeSnapshot>): Snapshot => ({
      ...one,
      nodes: one.nodes.map((node) => ({ ...node, ...some })),
    });
    const [forwards, backwards] = [add([having(a), having(b)]).nodes[0]!, add([having(b), having(a)]).nodes[0]!];
    t.deepEqual(backwards, forwards);
    return forwards;
  };
  const two = merged(
    {
      fibers: 1,
      waiting: 1,
      oldestMs: 5,
      run: { totalMs: 10, meanMs: 1, samples: 3 },
      allocated: { heapBytes: 100, externalBytes: 10, samples: 3 },
      ahead: { timeMs: 100, cpuMs: 10 },
      held: { by: 'memory', fibers: 1, forMs: 30 },
      tickets: 4,
      pool: 'a',
    },
    {
      fibers: 3,
      ready: 3,
      waiting: 0,
      oldestMs: 7,
      run: { totalMs: 20, meanMs: 5, samples: 1 },
      allocated: { heapBytes: 500, externalBytes: 50, samples: 1 },
      ahead: { timeMs: 500, cpuMs: 50 },
      held: { by: 'cpu', fibers: 2, forMs: 20 },
      tickets: 4,
      pool: 'b',
    },
  );
  t.like(two, {
    fibers: 4,
    waiting: 1,
    ready: 3,
    oldestMs: 7,
    run: { totalMs: 30, meanMs: 2, samples: 4 },
    allocated: { heapBytes: 200, externalBytes: 20, samples: 4 },
    ahead: { timeMs: 400, cpuMs: 40 },
    held: { by: 'cpu', fibers: 3, forMs: 30 },
    tickets: null,
    pool: null,
  });
  const known = {
    oldestMs: 5,
    run: { totalMs: 10, meanMs: 1, samples: 3 },
    allocated: { heapBytes: 100, externalBytes: 10, samples: 3 },
    ahead: { timeMs: 100, cpuMs: 10 },
    held: { by: 'memory', fibers: 1, forMs: 30 },
  };
  const unknown = {
    oldestMs: null,
    run: { totalMs: 0, meanMs: null, samples: 0 },
    allocated: null,
    ahead: null,
    held: null,
  };
  t.like(merged({ ...known, pool: 'a' }, { ...unknown, pool: 'a' }), { ...known, pool: 'a' }, 'what one knows');
  t.like(merged(unknown, unknown), unknown);
  const untimed = { fibers: 0, run: { totalMs: 0, meanMs: 3, samples: 0 }, ahead: { timeMs: 4, cpuMs: 2 } };
  t.like(merged(untimed, { ...untimed, ahead: { timeMs: 8, cpuMs: 4 } }), {
    run: { meanMs: 3 },
    ahead: { timeMs: 6, cpuMs: 3 },
  });
});

test('a sum covers the time of all its parts', (t) => {
  const at = (takenAt: number, tookMs: number, windowMs: number, longestMs: number): Snapshot => {
    const one = snapshotAfter([]);
    return { ...one, takenAt, tookMs, windowMs, scheduler: { ...one.scheduler, longestMs, sliceMs: longestMs } };
  };
  const whole = { takenAt: 1000, tookMs: 60, windowMs: 900, scheduler: { longestMs: 8, sliceMs: 8 } };
  t.like(add([at(1000, 5, 900, 3), at(1050, 10, 100, 8)]), whole);
  t.like(add([at(1050, 10, 100, 8), at(1000, 5, 900, 3)]), whole);
  const other = { ...snapshotAfter([]), process: { pid: 2, title: 'other', node: 'v22.0.0', heddle: '0.2.0' } };
  t.like(add([snapshotAfter([]), snapshotAfter([]), other]).process, {
    pid: 0,
    title: '3 processes: walk, other',
    node: 'v20.20.2, v22.0.0',
    heddle: '0.1.0, 0.2.0',
  });
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

test('of a sum it is known that one of its processes was started anew', (t) => {
  const of = (a: number, b: number): Snapshot =>
    add([snapshotAfter([[0, 0]], 2, { pid: 1, startedAt: a }), snapshotAfter([[0, 0]], 1, { pid: 2, startedAt: b })]);
  const before = of(1000, 2000);
  t.is(subtract(of(1000, 2000), before).windowMs, 0);
  const after = { ...of(3000, 2000), takenAt: before.takenAt + 1 };
  t.throws(() => subtract(after, before), { message: /^One of the 2 processes: walk was started anew/ });
  t.throws(() => subtract(before, after), { message: /swapped/ });
  const old = snapshotAfter([], 1, { pid: 3 });
  t.is(add([old, before]).process.startedAt, undefined, 'a file of old does not say');
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

/** All that is counted from the start on. */
function counts({ nodes, edges, fibers, scheduler, usage, lost }: Snapshot): Counts {
  return sorted([
    ...edges.flatMap(({ from, to, count, samples }) => [
      [`${from}>${to}`, count],
      [`${from}>${to} timed`, samples],
    ]),
    ...nodes.flatMap(({ id, arrivals: came, run, wait, spawns, descriptors }) => [
      [`${id} arrivals`, came],
      [`${id} ran ms`, run.totalMs],
      [`${id} runs`, run.samples],
      [`${id} descriptors`, descriptors],
      [`${id} waited`, wait?.count ?? 0],
      [`${id} waited ms`, wait?.sumMs ?? 0],
      ...(wait?.buckets ?? []).map(([bucket, count]) => [`${id} bucket ${bucket}`, count]),
      ...spawns.map(({ to, count }) => [`${id} started ${to}`, count]),
    ]),
    ['fibers started', fibers.spawned],
    ['fibers ended', fibers.ended],
    ['passes', scheduler.passes],
    ['batches', scheduler.batches],
    ['ran ms', scheduler.ranMs],
    ['overruns', scheduler.overruns],
    ['processor time', usage?.cpuMs ?? 0],
    ['lost', lost],
  ]);
}

function arrivals({ nodes }: Snapshot): Counts {
  return sorted(nodes.map((node) => [node.id, node.arrivals]));
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

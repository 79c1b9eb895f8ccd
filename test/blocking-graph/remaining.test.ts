import test from 'ava';
import { parseSnapshot } from '#src/blocking-graph/parse-snapshot.js';
import { predictRemaining as predict, type NodeRemaining } from '#src/blocking-graph/remaining.js';
import { renderRemaining } from '#src/blocking-graph/render/remaining-text.js';
import type { NodeSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { matchesGolden } from '../cli/golden.js';
import { evil, hostile, server } from './hostile.js';
import { snapshotAfter } from './walks.js';

/** A graph from a few numbers: of each node how long a run and a wait take, and where fibers go from it, and how often. */
function graphOf(
  nodes: Readonly<Record<string, Partial<NodeSnapshot> & { cpuMs?: number; waitMs?: number }>>,
  edges: Readonly<Record<string, Readonly<Record<string, number>>>>,
): Snapshot {
  const empty = snapshotAfter([[0, 0]]);
  const snapshot = {
    ...empty,
    nodes: Object.entries(nodes).map(([id, { cpuMs = 0, waitMs = 0, ...rest }]) => {
      const departures = Object.values(edges[id] ?? {}).reduce((sum, count) => sum + count, 0);
      return {
        ...empty.nodes[0]!,
        id,
        label: id === 'exit' || id === 'spawn' ? id : 'suspend',
        run: { totalMs: cpuMs * departures, meanMs: cpuMs, samples: departures },
        wait: waitMs === 0 ? null : { count: 10, sumMs: 10 * waitMs, buckets: [[5, 10] as const] },
        ...rest,
      };
    }),
    edges: Object.entries(edges).flatMap(([from, to]) =>
      Object.entries(to).map(([end, count]) => ({ from, to: end, count, meanMs: null, samples: 0 })),
    ),
  };
  return parseSnapshot(JSON.stringify(snapshot));
}

function predictRemaining(snapshot: Snapshot): readonly NodeRemaining[] {
  return predict(snapshot).nodes;
}

function at(predicted: readonly NodeRemaining[], id: string): NodeRemaining {
  return predicted.find(({ node }) => node.id === id)!;
}

function near(actual: number | null, expected: number): boolean {
  return actual !== null && Math.abs(actual - expected) <= 0.02 * Math.abs(expected) + 1e-9;
}

test('along a line the times and the work that is left add up', (t) => {
  const predicted = predictRemaining(
    graphOf(
      { spawn: { cpuMs: 1 }, a: { cpuMs: 2, waitMs: 100 }, b: { cpuMs: 4, waitMs: 30 }, exit: {} },
      { spawn: { a: 8 }, a: { b: 8 }, b: { exit: 8 } },
    ),
  );
  t.deepEqual(
    predicted.map(({ node, timeMs, blockedMs, demands }) => [node.id, timeMs, blockedMs, demands[0]?.work]),
    [
      ['spawn', 137, 130, 7],
      ['a', 36, 30, 6],
      ['b', 4, 0, 4],
      ['exit', 0, 0, 0],
    ],
  );
  // Of 4 ms half are used on average after 2 ms; nothing else comes.
  t.is(at(predicted, 'b').demands[0]!.delayMs, 2);
});

test('branches count by how often they are taken, and loops by how often they are gone through', (t) => {
  const predicted = predictRemaining(
    graphOf(
      { a: { cpuMs: 1, waitMs: 10 }, loop: { cpuMs: 1, waitMs: 10 }, exit: {} },
      { a: { exit: 30, loop: 10 }, loop: { loop: 90, exit: 10 } },
    ),
  );
  t.true(near(at(predicted, 'loop').timeMs, 10 * 1 + 9 * 10), String(at(predicted, 'loop').timeMs));
  t.true(near(at(predicted, 'a').timeMs, 1 + 0.25 * (10 + 100)), String(at(predicted, 'a').timeMs));
});

test('a longer cycle converges too', (t) => {
  const predicted = predictRemaining(
    graphOf(
      { a: { cpuMs: 1, waitMs: 9 }, b: { cpuMs: 1, waitMs: 9 }, exit: {} },
      { a: { b: 1000 }, b: { a: 990, exit: 10 } },
    ),
  );
  // 99 more rounds on average: 100 runs from a, 100 from b.
  t.true(near(at(predicted, 'a').demands[0]!.work, 200), String(at(predicted, 'a').demands[0]!.work));
});

test('connections that live for ten thousand messages are predicted as others are', (t) => {
  const turns = 10_000;
  const predicted = predictRemaining(
    graphOf(
      {
        spawn: { cpuMs: 1 },
        read: { cpuMs: 1, waitMs: 9, allocated: { heapBytes: 10, externalBytes: 0, samples: 3 } },
        work: { cpuMs: 2, waitMs: 4 },
        write: { cpuMs: 1, waitMs: 3 },
        exit: {},
      },
      {
        spawn: { read: 1 },
        read: { work: turns },
        work: { write: turns },
        write: { read: turns - 1, exit: 1 },
      },
    ),
  );
  const { timeMs, demands } = at(predicted, 'read');
  t.true(near(timeMs, turns * (1 + 4 + 2 + 3 + 1 + 9)), String(timeMs));
  t.true(near(demands[0]!.work, turns * 4), String(demands[0]!.work));
  // Evenly, from now to the end.
  t.true(near(demands[0]!.delayMs, turns * 20), String(demands[0]!.delayMs));
});

test('a line of thousands is predicted from its beginning to its end', (t) => {
  const ids = Array.from({ length: 3000 }, (_, n) => `n${n}`);
  const nodes = Object.fromEntries(ids.map((id) => [id, { cpuMs: 1, descriptors: id === 'n0' ? 4 : 0 }]));
  const edges = Object.fromEntries(ids.map((id, n) => [id, { [ids[n + 1] ?? 'exit']: 4 }]));
  const predicted = predictRemaining(graphOf({ ...nodes, exit: {} }, edges));
  t.true(near(at(predicted, 'n0').timeMs, 3000), `${at(predicted, 'n0').timeMs}`);
  const last = at(predicted, 'n2999').demands.find(({ resource }) => resource === 'descriptors')!;
  t.true(near(last.outstanding, 1), `${last.outstanding}`);
});

test('what may go to where nobody ends is finite', (t) => {
  const predicted = predictRemaining(
    graphOf(
      { a: { cpuMs: 1 }, one: { cpuMs: 1, waitMs: 1 }, other: { cpuMs: 1, waitMs: 1 }, exit: {} },
      { a: { exit: 9, one: 1 }, one: { other: 50 }, other: { one: 50 } },
    ),
  );
  t.is(at(predicted, 'one').timeMs, null);
  const { timeMs } = at(predicted, 'a');
  t.true(timeMs! > 1000 && timeMs! < 10_000, String(timeMs));
});

test('what a fiber starts is counted with its own work', (t) => {
  const predicted = predictRemaining(
    graphOf(
      {
        a: { cpuMs: 1, spawns: [{ to: 'spawn', count: 20 }] },
        spawn: { cpuMs: 3 },
        exit: {},
      },
      { a: { exit: 10 }, spawn: { exit: 20 } },
    ),
  );
  t.is(at(predicted, 'a').demands[0]!.work, 1 + 2 * 3);
  t.is(at(predicted, 'a').timeMs, 1, 'it does not wait for them');
});

test('of memory what survives is held to the end, of descriptors what is not closed', (t) => {
  const graph = graphOf(
    {
      a: { waitMs: 10, allocated: { heapBytes: 1000, externalBytes: 0, samples: 3 }, descriptors: 40 },
      b: { waitMs: 100, descriptors: -40 },
      c: { waitMs: 50 },
      exit: {},
    },
    { a: { b: 20 }, b: { c: 20 }, c: { exit: 20 } },
  );
  const scheduling = { ...server.scheduling!, memory: { liveBytes: 1, baseBytes: 0, survival: 0.5 } };
  const predicted = predictRemaining({ ...graph, scheduling });
  const [memory, descriptors] = at(predicted, 'a').demands;
  t.is(memory!.resource, 'memory');
  t.true(near(memory!.work, 0.5 * 1000 * 150));
  t.is(descriptors!.resource, 'descriptors');
  t.true(near(descriptors!.work, 2 * 150 - 2 * 50));
  const held = at(predicted, 'b').demands[0]!;
  t.is(held.work, 0);
  t.true(near(held.outstanding, 500 * (100 / 2 + 50)), String(held.outstanding));
});

test('queueing for a pool is no part of the time that work takes', (t) => {
  const nodes = { a: { cpuMs: 1 }, slot: { cpuMs: 1, waitMs: 500 }, exit: {} };
  const edges = { a: { slot: 5 }, slot: { exit: 5 } };
  t.is(at(predictRemaining(graphOf(nodes, edges)), 'a').timeMs, 502);
  const pooled = graphOf({ ...nodes, slot: { ...nodes.slot, pool: 'semaphore `pool`' } }, edges);
  t.is(at(predictRemaining(pooled), 'a').timeMs, 2);
});

test('what is going to be taken of pools is predicted from how long a slot is held', (t) => {
  const graph = graphOf(
    {
      a: { cpuMs: 1, waitMs: 2 },
      slot: { cpuMs: 1, waitMs: 500, pool: 'semaphore `pool`' },
      query: { cpuMs: 1, waitMs: 40 },
      other: { waitMs: 3, pool: 'mutex `other`' },
      exit: {},
    },
    { a: { slot: 5 }, slot: { query: 5 }, query: { slot: 5, other: 5 }, other: { exit: 5 } },
  );
  const [cpu] = server.scheduling!.resources;
  const pool = (name: string, holdMs: number) => ({ ...cpu!, name, unit: 'slots' as const, holdMs });
  const resources = [{ ...cpu!, holdMs: 0 }, pool('semaphore `pool`', 42), pool('semaphore `unused`', 7)];
  const snapshot = { ...graph, scheduling: { ...server.scheduling!, resources } };
  const { demands } = at(predictRemaining(snapshot), 'a');
  t.deepEqual(
    demands.map(({ resource }) => resource),
    ['cpu', 'semaphore `pool`'],
  );
  // Half of those who leave the query come back for another slot.
  t.true(near(demands[1]!.work, 2 * 42), String(demands[1]!.work));
  t.is(demands[1]!.outstanding, demands[1]!.work);
  t.regex(renderRemaining(snapshot), / semaphore `pool` W  semaphore `pool` H\n/);
  t.regex(renderRemaining(snapshot), / suspend .* 84 ms +\d+ ms\n/);
});

test('where nobody was seen to end nothing is predicted', (t) => {
  const predicted = predictRemaining(
    graphOf(
      { accept: { cpuMs: 1, waitMs: 5 }, last: { cpuMs: 1 }, exit: {} },
      { accept: { accept: 50 }, last: { exit: 1 } },
    ),
  );
  t.like(at(predicted, 'accept'), { timeMs: null, blockedMs: null, demands: [] });
  t.is(at(predicted, 'last').timeMs, 1);
});

test('an empty snapshot, and one without traffic, predict nothing and fail at nothing', (t) => {
  t.deepEqual(predictRemaining(snapshotAfter([])), []);
  t.is(predictRemaining(snapshotAfter([[0, 0]]))[0]!.timeMs, null);
  t.true(renderRemaining(snapshotAfter([])).endsWith('\n'));
});

test('the table of what remains looks as it did', (t) => {
  matchesGolden(t, 'remaining.txt', renderRemaining(server));
  const known = predictRemaining(server).filter(({ node, timeMs }) => node.label !== 'exit' && timeMs !== null);
  t.true(renderRemaining(server, { limit: 3 }).includes(`\n  … and ${known.length - 3} more nodes\n`));
  for (const width of [40, 80, 120]) {
    const lines = renderRemaining(server, { width }).split('\n');
    t.deepEqual(
      lines.filter((line) => line.length > width),
      [],
      `wider than ${width}`,
    );
  }
  t.false(renderRemaining(hostile).includes(evil));
});

test('a prediction that was given up before it was done says so, and one of the same size that was done does not', (t) => {
  // Back as often as forth: each sweep gets little further.
  const names = Array.from({ length: 3000 }, (_, n) => (n === 0 ? 'exit' : `n${n}`));
  const nodes = Object.fromEntries(names.map((name) => [name, { cpuMs: 1 }]));
  const astray = names.slice(1).map((name, n) => [name, { [names[n]!]: 1, [names[n + 2] ?? 'n1']: 1 }]);
  const straight = names.slice(1).map((name, n) => [name, { [names[n]!]: 1 }]);
  const [lost, followed] = [graphOf(nodes, Object.fromEntries(astray)), graphOf(nodes, Object.fromEntries(straight))];
  t.deepEqual([predict(lost).settled, predict(followed).settled], [false, true]);
  t.regex(renderRemaining(lost, { width: 200 }), /too large to be followed to all of its ends/);
  t.notRegex(renderRemaining(followed, { width: 200 }), /too large/);
});

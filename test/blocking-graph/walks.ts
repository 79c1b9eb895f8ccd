import fc from 'fast-check';
import type { EdgeSnapshot, NodeSnapshot, Snapshot } from '#src/blocking-graph/snapshot.js';
import { fuzzRuns } from '../support/fuzz.js';

const EXIT = 6;

/** What fibers did, as numbers: each starts a fiber (`0`) or moves one of those alive to a place, `EXIT` being the end. */
export type Walk = readonly (readonly [fiber: number, place: number])[];

export const walks: fc.Arbitrary<Walk> = fc.array(fc.tuple(fc.nat(20), fc.nat(EXIT)), { maxLength: 60 });

/** A snapshot of a process in which the first `steps` of a walk have happened. */
export function snapshotAfter(
  walk: Walk,
  steps: number = walk.length,
  process: Partial<Snapshot['process']> = {},
): Snapshot {
  const nodes = new Map<string, NodeSnapshot>();
  const edges = new Map<string, EdgeSnapshot>();
  const fibers: string[] = [];
  let spawned = 0;
  const visit = (id: string, change: Partial<Record<'fibers' | 'arrivals', number>>): void => {
    const node = nodes.get(id) ?? emptyNode(id);
    nodes.set(id, {
      ...node,
      fibers: node.fibers + (change.fibers ?? 0),
      waiting: node.waiting + (change.fibers ?? 0),
      arrivals: node.arrivals + (change.arrivals ?? 0),
    });
  };
  for (const [number, place] of walk.slice(0, steps)) {
    if (fibers.length === 0 || place === 0) {
      if (fibers.length > 0) spawnAt(nodes, fibers[number % fibers.length]!);
      fibers.push('spawn');
      visit('spawn', { fibers: 1, arrivals: 1 });
      spawned++;
      continue;
    }
    const index = number % fibers.length;
    const from = fibers[index]!;
    const to = place === EXIT ? 'exit' : `place${place}`;
    visit(from, { fibers: -1 });
    wait(nodes, from, place);
    nodes.set(from, { ...nodes.get(from)!, descriptors: nodes.get(from)!.descriptors + (place % 3) - 1 });
    visit(to, { fibers: to === 'exit' ? 0 : 1, arrivals: 1 });
    const key = `${from}>${to}`;
    edges.set(key, { from, to, count: (edges.get(key)?.count ?? 0) + 1, meanMs: 0.5, samples: 1 });
    if (to === 'exit') fibers.splice(index, 1);
    else fibers[index] = to;
  }
  return {
    format: 'heddle.snapshot',
    version: 1,
    process: { pid: 1, title: 'walk', node: 'v20.20.2', heddle: '0.1.0', ...process },
    takenAt: 1000 + steps,
    tookMs: 0,
    windowMs: steps,
    usage: {
      cpuMs: 3 * steps,
      heapUsedBytes: 1000,
      heapLimitBytes: 9000,
      rssBytes: 2000,
      descriptors: 30,
      descriptorLimit: 400,
    },
    fibers: { live: fibers.length, ready: 0, waiting: fibers.length, spawned, ended: spawned - fibers.length },
    scheduler: {
      queue: 'fifo',
      sliceMs: 2,
      passes: steps,
      batches: 2 * steps,
      ranMs: steps / 2,
      overruns: Math.floor(steps / 4),
      longestMs: steps < 4 ? 0 : 7,
    },
    scheduling: null,
    nodes: [...nodes.values()],
    edges: [...edges.values()],
    locks: [],
    lost: 0,
    warnings: [],
  };
}

function spawnAt(nodes: Map<string, NodeSnapshot>, id: string): void {
  const node = nodes.get(id)!;
  nodes.set(id, { ...node, spawns: [{ to: 'spawn', count: (node.spawns[0]?.count ?? 0) + 1 }] });
}

/** A wait and a run that are over. */
function wait(nodes: Map<string, NodeSnapshot>, id: string, bucket: number): void {
  const node = nodes.get(id)!;
  const buckets = new Map(node.wait?.buckets);
  buckets.set(bucket, (buckets.get(bucket) ?? 0) + 1);
  nodes.set(id, {
    ...node,
    wait: {
      count: (node.wait?.count ?? 0) + 1,
      sumMs: (node.wait?.sumMs ?? 0) + 1,
      buckets: [...buckets].sort(([a], [b]) => a - b),
    },
    run: { totalMs: node.run.totalMs + 0.5, meanMs: 0.5, samples: node.run.samples + 1 },
  });
}

function emptyNode(id: string): NodeSnapshot {
  return {
    id,
    label: id.startsWith('place') ? 'suspend' : id,
    subject: id.startsWith('place') ? id : null,
    chain: ['walk'],
    places: [],
    fibers: 0,
    waiting: 0,
    ready: 0,
    arrivals: 0,
    oldestMs: null,
    run: { totalMs: 0, meanMs: null, samples: 0 },
    wait: null,
    tickets: null,
    pass: null,
    spawns: [],
    pool: null,
    allocated: null,
    descriptors: 0,
    ahead: null,
    held: null,
  };
}

export const runs: fc.Parameters<unknown> = { numRuns: fuzzRuns(200) };

import { expected } from '../base/check.js';
import { addHistograms, type HistogramSnapshot } from '../base/histogram-snapshot.js';
import { addScheduling } from './add-scheduling.js';
import { checkSnapshot } from './check-snapshot.js';
import { merge } from './merge.js';
import { plus } from './plus.js';
import type {
  AllocationSnapshot,
  EdgeSnapshot,
  HeldSnapshot,
  LockSnapshot,
  NodeSnapshot,
  ProcessInfo,
  RunTime,
  SchedulerInfo,
  Snapshot,
  ProcessUsage,
} from './snapshot.js';

/**
 * Merges snapshots of several processes, usually of the same program: nodes and edges that several of them have become
 * one. Counts, times and histograms add up; oldest, longest and window are the largest. Tickets and pass mean something
 * only within a process, so merged nodes have none. Locks carry their process, and warnings are prefixed with it.
 *
 * @throws ArgumentError if there is no snapshot, or something else among them.
 */
export function add(snapshots: readonly Snapshot[]): Snapshot {
  const [first] = Array.isArray(snapshots) ? (snapshots as readonly Snapshot[]) : [];
  if (first === undefined) throw expected('snapshots', 'an array of at least one snapshot', snapshots);
  snapshots.forEach((snapshot, index) => checkSnapshot(snapshot, `snapshots[${index}]`));
  if (snapshots.length === 1) return first;
  const sum = (pick: (snapshot: Snapshot) => number): number => snapshots.reduce((total, one) => total + pick(one), 0);
  const takenAt = Math.min(...snapshots.map((one) => one.takenAt));
  return {
    format: 'heddle.snapshot',
    version: 1,
    process: addProcesses(snapshots.map((one) => one.process)),
    takenAt,
    tookMs: Math.max(...snapshots.map((one) => one.takenAt + one.tookMs)) - takenAt,
    windowMs: Math.max(...snapshots.map((one) => one.windowMs)),
    usage: snapshots.map((one) => one.usage).reduce(addUsage),
    fibers: {
      live: sum((one) => one.fibers.live),
      ready: sum((one) => one.fibers.ready),
      waiting: sum((one) => one.fibers.waiting),
      spawned: sum((one) => one.fibers.spawned),
      ended: sum((one) => one.fibers.ended),
    },
    scheduler: snapshots.map((one) => one.scheduler).reduce(addSchedulers),
    scheduling: addScheduling(snapshots.flatMap(({ scheduling }) => (scheduling === null ? [] : [scheduling]))),
    nodes: merge(
      snapshots.flatMap((one) => one.nodes),
      (node) => node.id,
      addNodes,
    ),
    edges: merge(
      snapshots.flatMap((one) => one.edges),
      (edge) => JSON.stringify([edge.from, edge.to]),
      addEdges,
    ),
    locks: addLocks(snapshots),
    ...addMoreLocks(snapshots),
    lost: sum((one) => one.lost),
    warnings: snapshots.flatMap(warningsOf),
  };
}

/** Merges nodes (at least one) that are shown as one. Identity (id, label, chain) is the first's. */
export function joinNodes(nodes: readonly NodeSnapshot[]): NodeSnapshot {
  // Spawns and waits are merged in one go: pairwise, their lists would be rebuilt for every node.
  const sum = nodes.map((node): NodeSnapshot => ({ ...node, spawns: [], wait: null })).reduce(addNodes);
  return {
    ...sum,
    spawns: addSpawns(nodes.flatMap(({ spawns }) => spawns)),
    wait: addWaits(nodes.map(({ wait }) => wait)),
  };
}

/** Merges spawns with the same target. */
export function addSpawns(spawns: NodeSnapshot['spawns']): NodeSnapshot['spawns'] {
  return merge(
    spawns,
    ({ to }) => to,
    (a, b) => ({ to: a.to, count: a.count + b.count }),
  );
}

export function addEdges(a: EdgeSnapshot, b: EdgeSnapshot): EdgeSnapshot {
  return { ...a, count: a.count + b.count, samples: a.samples + b.samples, meanMs: weightedMean(a, b) };
}

/** Limits add up too, since each process has its own. */
function addUsage(a: ProcessUsage | null, b: ProcessUsage | null): ProcessUsage | null {
  if (a === null || b === null) return null;
  return {
    cpuMs: a.cpuMs + b.cpuMs,
    heapUsedBytes: a.heapUsedBytes + b.heapUsedBytes,
    heapLimitBytes: a.heapLimitBytes + b.heapLimitBytes,
    rssBytes: plus(a.rssBytes, b.rssBytes),
    descriptors: plus(a.descriptors, b.descriptors),
    descriptorLimit: plus(a.descriptorLimit, b.descriptorLimit),
  };
}

function addNodes(a: NodeSnapshot, b: NodeSnapshot): NodeSnapshot {
  return {
    ...a,
    fibers: a.fibers + b.fibers,
    waiting: a.waiting + b.waiting,
    ready: a.ready + b.ready,
    arrivals: a.arrivals + b.arrivals,
    oldestMs:
      a.oldestMs === null || b.oldestMs === null ? (a.oldestMs ?? b.oldestMs) : Math.max(a.oldestMs, b.oldestMs),
    run: addRunTimes(a.run, b.run),
    wait: addWaits([a.wait, b.wait]),
    tickets: null,
    pass: null,
    spawns: addSpawns([...a.spawns, ...b.spawns]),
    pool: a.pool === b.pool ? a.pool : null,
    allocated: addAllocations(a.allocated, b.allocated),
    descriptors: a.descriptors + b.descriptors,
    ahead: addAhead(a, b),
    held: addHeld(a.held, b.held),
  };
}

function addProcesses(all: readonly ProcessInfo[]): ProcessInfo {
  const different = (pick: (process: ProcessInfo) => string): string => [...new Set(all.map(pick))].join(', ');
  const started = all.map((process) => process.startedAt).filter((at) => at !== undefined);
  return {
    pid: 0,
    title: `${all.length} processes: ${different((process) => process.title)}`,
    node: different((process) => process.node),
    heddle: different((process) => process.heddle),
    // If one of them is started anew, it is the latest.
    ...(started.length === all.length ? { startedAt: Math.max(...started) } : {}),
  };
}

function addSchedulers(a: SchedulerInfo, b: SchedulerInfo): SchedulerInfo {
  return {
    queue: a.queue === b.queue ? a.queue : 'other',
    sliceMs: Math.max(a.sliceMs, b.sliceMs),
    passes: a.passes + b.passes,
    batches: a.batches + b.batches,
    ranMs: a.ranMs + b.ranMs,
    overruns: a.overruns + b.overruns,
    longestMs: Math.max(a.longestMs, b.longestMs),
  };
}

function addRunTimes(a: RunTime, b: RunTime): RunTime {
  return { totalMs: a.totalMs + b.totalMs, samples: a.samples + b.samples, meanMs: weightedMean(a, b) };
}

function addAllocations(a: AllocationSnapshot | null, b: AllocationSnapshot | null): AllocationSnapshot | null {
  if (a === null || b === null) return a ?? b;
  const samples = a.samples + b.samples;
  const mean = (x: number, y: number): number => (samples === 0 ? x : (x * a.samples + y * b.samples) / samples);
  return {
    heapBytes: mean(a.heapBytes, b.heapBytes),
    externalBytes: mean(a.externalBytes, b.externalBytes),
    samples,
  };
}

/** Weighted by the fibers at each node; equally if there are none. */
function addAhead(a: NodeSnapshot, b: NodeSnapshot): NodeSnapshot['ahead'] {
  if (a.ahead === null || b.ahead === null) return a.ahead ?? b.ahead;
  const fibers = a.fibers + b.fibers;
  const share = fibers === 0 ? 0.5 : a.fibers / fibers;
  return {
    timeMs: share * a.ahead.timeMs + (1 - share) * b.ahead.timeMs,
    cpuMs: share * a.ahead.cpuMs + (1 - share) * b.ahead.cpuMs,
  };
}

function addHeld(a: HeldSnapshot | null, b: HeldSnapshot | null): HeldSnapshot | null {
  if (a === null || b === null) return a ?? b;
  return {
    by: a.fibers >= b.fibers ? a.by : b.by,
    fibers: a.fibers + b.fibers,
    forMs: Math.max(a.forMs, b.forMs),
  };
}

function addWaits(waits: readonly (HistogramSnapshot | null)[]): HistogramSnapshot | null {
  const known = waits.filter((wait) => wait !== null);
  return known.length === 0 ? null : addHistograms(known);
}

interface Sampled {
  readonly meanMs: number | null;
  readonly samples: number;
}

function weightedMean(a: Sampled, b: Sampled): number | null {
  if (a.meanMs === null || b.meanMs === null) return a.meanMs ?? b.meanMs;
  const samples = a.samples + b.samples;
  return samples === 0 ? a.meanMs : (a.meanMs * a.samples + b.meanMs * b.samples) / samples;
}

/** Locks from a snapshot that is itself a sum keep their pid, and their parts are renumbered after those before. */
function addLocks(snapshots: readonly Snapshot[]): LockSnapshot[] {
  const sum: LockSnapshot[] = [];
  let parts = 0;
  for (const { process, locks } of snapshots) {
    const before = parts;
    for (const lock of locks) {
      const part = before + (lock.part ?? 1);
      sum.push({ ...lock, id: sum.length + 1, pid: lock.pid ?? process.pid, part });
      parts = Math.max(parts, part);
    }
  }
  return sum;
}

function addMoreLocks(snapshots: readonly Snapshot[]): Pick<Snapshot, 'moreLocks'> {
  const more = snapshots.flatMap(({ moreLocks }) => moreLocks ?? []);
  if (more.length === 0) return {};
  return { moreLocks: more.reduce((a, b) => ({ locks: a.locks + b.locks, waiters: a.waiters + b.waiters })) };
}

function warningsOf({ process, warnings }: Snapshot): string[] {
  return warnings.map((warning) => (process.pid === 0 ? warning : `process ${process.pid}: ${warning}`));
}

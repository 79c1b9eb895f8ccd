import { subtractHistograms, type HistogramSnapshot } from '../base/histogram-snapshot.js';
import { HeddleError, SnapshotError } from '../base/errors.js';
import { checkSnapshot } from './check-snapshot.js';
import { subtractScheduling } from './subtract-scheduling.js';
import type { EdgeSnapshot, NodeSnapshot, ProcessInfo, RunTime, Snapshot, ProcessUsage } from './snapshot.js';

/**
 * What happened between two snapshots of one process: counts, run times and histograms are differences; the fibers at each
 * node, the locks, means, tickets and warnings are the later one's. Nodes and edges that are new count from zero. Left out
 * are nodes without fibers at which nothing happened, and those that only the earlier snapshot has.
 *
 * @throws SnapshotError if the two are of different processes or swapped, or the process was restarted in between;
 * ArgumentError if one is not a snapshot.
 */
export function subtract(later: Snapshot, earlier: Snapshot): Snapshot {
  checkSnapshot(later, 'later');
  checkSnapshot(earlier, 'earlier');
  checkOrder(later, earlier);
  const nodesBefore = new Map(earlier.nodes.map((node) => [node.id, node]));
  const edgesBefore = new Map(earlier.edges.map((edge) => [edgeKey(edge), edge]));
  const edges = later.edges
    .map((edge) => subtractEdge(edge, edgesBefore.get(edgeKey(edge))))
    .filter((edge) => edge.count > 0);
  const used = new Set(edges.flatMap((edge) => [edge.from, edge.to]));
  const subtracted = later.nodes.map((node) => subtractNode(node, nodesBefore.get(node.id)));
  for (const { spawns } of subtracted) for (const { to } of spawns) used.add(to);
  const nodes = subtracted.filter(
    (node) => node.fibers > 0 || node.arrivals > 0 || node.spawns.length > 0 || used.has(node.id),
  );
  const overruns = less('scheduler.overruns', later.scheduler.overruns, earlier.scheduler.overruns);
  const windowMs = later.windowMs - earlier.windowMs;
  const ranMs = Math.max(0, later.scheduler.ranMs - earlier.scheduler.ranMs);
  return {
    ...later,
    windowMs,
    usage: subtractUsage(later.usage, earlier.usage),
    fibers: {
      ...later.fibers,
      spawned: less('fibers.spawned', later.fibers.spawned, earlier.fibers.spawned),
      ended: less('fibers.ended', later.fibers.ended, earlier.fibers.ended),
    },
    scheduler: {
      ...later.scheduler,
      passes: less('scheduler.passes', later.scheduler.passes, earlier.scheduler.passes),
      batches: less('scheduler.batches', later.scheduler.batches, earlier.scheduler.batches),
      ranMs,
      overruns,
      // A maximum cannot be subtracted: this is an upper bound, if there was an overrun at all.
      longestMs: overruns === 0 ? 0 : later.scheduler.longestMs,
    },
    scheduling: subtractScheduling(later.scheduling, earlier.scheduling, windowMs > 0 ? ranMs / windowMs : 0),
    nodes,
    edges,
    lost: less('lost', later.lost, earlier.lost),
  };
}

/** Processor time is the difference; all else is as it was at the later snapshot. */
function subtractUsage(later: ProcessUsage | null, earlier: ProcessUsage | null): ProcessUsage | null {
  return later === null || earlier === null ? later : { ...later, cpuMs: Math.max(0, later.cpuMs - earlier.cpuMs) };
}

function checkOrder(later: Snapshot, earlier: Snapshot): void {
  const [a, b] = [later.process, earlier.process];
  if (a.pid !== b.pid || a.title !== b.title)
    throw new SnapshotError(
      `The snapshots are of different processes, ${nameOf(b)} and ${nameOf(a)}: subtract those of the same`,
    );
  const isOther = a.startedAt !== undefined && b.startedAt !== undefined && a.startedAt !== b.startedAt;
  // Order is judged by the windows, since the system's clock may have been set back.
  if (later.windowMs >= earlier.windowMs && !isOther) return;
  if (later.takenAt < earlier.takenAt) throw swapped('it was taken first');
  const restarted = a.pid === 0 ? 'One of the' : 'Process';
  throw new SnapshotError(`${restarted} ${nameOf(a)} was started anew between the two snapshots: nothing to subtract`);
}

/** `4711 (node server.js)`; the title of a sum, which has no process id, tells how many processes it is of. */
function nameOf({ pid, title }: ProcessInfo): string {
  return pid === 0 ? title : `${pid} (${title})`;
}

function subtractNode(later: NodeSnapshot, earlier: NodeSnapshot | undefined): NodeSnapshot {
  if (earlier === undefined) return later;
  return {
    ...later,
    arrivals: less(`arrivals of node ${later.id}`, later.arrivals, earlier.arrivals),
    run: subtractRunTime(later.run, earlier.run),
    wait: subtractWaits(later, earlier),
    spawns: subtractSpawns(later, earlier),
    descriptors: later.descriptors - earlier.descriptors,
  };
}

function subtractSpawns(later: NodeSnapshot, earlier: NodeSnapshot): NodeSnapshot['spawns'] {
  const before = new Map(earlier.spawns.map(({ to, count }) => [to, count]));
  return later.spawns
    .map(({ to, count }) => ({ to, count: less(`fibers started at ${later.id}`, count, before.get(to) ?? 0) }))
    .filter(({ count }) => count > 0);
}

function subtractRunTime(later: RunTime, earlier: RunTime): RunTime {
  const samples = Math.max(0, later.samples - earlier.samples);
  return {
    // May shrink: without stride it is extrapolated from samples.
    totalMs: Math.max(0, later.totalMs - earlier.totalMs),
    meanMs: samples === 0 ? null : later.meanMs,
    samples,
  };
}

function subtractWaits(later: NodeSnapshot, earlier: NodeSnapshot): HistogramSnapshot | null {
  if (later.wait === null || earlier.wait === null) return later.wait;
  try {
    const between = subtractHistograms(later.wait, earlier.wait);
    return between.count === 0 ? null : between;
  } catch (cause) {
    if (!(cause instanceof HeddleError)) throw cause;
    throw swapped(`it has seen fewer waits at node ${later.id}`, cause);
  }
}

function subtractEdge(later: EdgeSnapshot, earlier: EdgeSnapshot | undefined): EdgeSnapshot {
  if (earlier === undefined) return later;
  const count = less(`count of edge ${later.from} → ${later.to}`, later.count, earlier.count);
  const samples = Math.max(0, later.samples - earlier.samples);
  return { ...later, count, samples, meanMs: samples === 0 ? null : later.meanMs };
}

function less(what: string, later: number, earlier: number): number {
  if (later < earlier) throw swapped(`its ${what} is ${later}, below ${earlier}`);
  return later - earlier;
}

function swapped(reason: string, cause?: unknown): SnapshotError {
  return new SnapshotError(
    `Earlier and later snapshot are swapped: the one given as later is the earlier one, as ${reason}`,
    {
      cause,
    },
  );
}

function edgeKey(edge: EdgeSnapshot): string {
  return JSON.stringify([edge.from, edge.to]);
}

import { merge, mergeNamed } from './merge.js';
import { plus } from './plus.js';
import type {
  EntrySnapshot,
  KindSnapshot,
  MemorySnapshot,
  ResourceSnapshot,
  SchedulingSnapshot,
  DescriptorsSnapshot,
} from './scheduling.js';

/**
 * Merges the scheduling of several processes. Limits add up, since each process has its own; the limiting resource is the
 * one that limits most of them.
 */
export function addScheduling(all: readonly SchedulingSnapshot[]): SchedulingSnapshot | null {
  const [first] = all;
  if (first === undefined) return null;
  return {
    limiting: mostFrequent(all.flatMap(({ limiting }) => (limiting === null ? [] : [limiting]))),
    live: all.reduce((sum, one) => sum + one.live, 0),
    resources: mergeNamed(
      all.flatMap((one) => one.resources),
      addResources,
    ),
    entries: mergeNamed(
      all.flatMap((one) => one.entries),
      addEntries,
    ),
    memory: all.map(({ memory }) => memory).reduce(addMemory),
    descriptors: all.map(({ descriptors }) => descriptors).reduce(addDescriptors),
    heldBack: all.reduce((sum, one) => sum + one.heldBack, 0),
    stopped: all.reduce((sum, one) => sum + one.stopped, 0),
  };
}

/** Merges two resources of one name. */
export function addResources(a: ResourceSnapshot, b: ResourceSnapshot): ResourceSnapshot {
  return {
    ...a,
    used: a.used + b.used,
    outstanding: a.outstanding + b.outstanding,
    capacity: plus(a.capacity, b.capacity),
    queueMs: Math.max(a.queueMs, b.queueMs),
    steady: a.steady + b.steady,
    delayMs: Math.max(a.delayMs, b.delayMs),
    holdMs: Math.max(a.holdMs, b.holdMs),
    blocked: a.blocked + b.blocked,
  };
}

/** Merges two entries of one name. */
export function addEntries(a: EntrySnapshot, b: EntrySnapshot): EntrySnapshot {
  return {
    name: a.name,
    goalMs: Math.min(a.goalMs, b.goalMs),
    live: a.live + b.live,
    queued: a.queued + b.queued,
    limit: plus(a.limit, b.limit),
    kinds: mergeNamed([...a.kinds, ...b.kinds], addKinds),
    refusals: merge(
      [...a.refusals, ...b.refusals],
      ({ reason }) => reason,
      (x, y) => ({ ...x, count: x.count + y.count }),
    ),
    refusing: (a.refusing?.forMs ?? -1) >= (b.refusing?.forMs ?? -1) ? a.refusing : b.refusing,
  };
}

function addKinds(a: KindSnapshot, b: KindSnapshot): KindSnapshot {
  return {
    name: a.name,
    priority: Math.max(a.priority, b.priority),
    live: a.live + b.live,
    limit: plus(a.limit, b.limit),
    offered: a.offered + b.offered,
    admitted: a.admitted + b.admitted,
    finished: a.finished + b.finished,
    refused: a.refused + b.refused,
    withdrawn: a.withdrawn + b.withdrawn,
    // One process that answers in time proves that the goal can be met.
    late: Math.min(a.late, b.late),
  };
}

function addMemory(a: MemorySnapshot | null, b: MemorySnapshot | null): MemorySnapshot | null {
  if (a === null || b === null) return a ?? b;
  const liveBytes = a.liveBytes + b.liveBytes;
  const survival = liveBytes === 0 ? a.survival : (a.survival * a.liveBytes + b.survival * b.liveBytes) / liveBytes;
  return { liveBytes, baseBytes: a.baseBytes + b.baseBytes, survival };
}

function addDescriptors(a: DescriptorsSnapshot, b: DescriptorsSnapshot): DescriptorsSnapshot {
  return {
    used: a.used + b.used,
    limit: plus(a.limit, b.limit),
    waiting: a.waiting + b.waiting,
    heldBack: a.heldBack + b.heldBack,
  };
}

function mostFrequent(names: readonly string[]): string | null {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  let most: string | null = null;
  for (const [name, count] of counts) if (most === null || count > counts.get(most)!) most = name;
  return most;
}

import type { EntrySnapshot, KindSnapshot, RefusalCount, SchedulingSnapshot } from './scheduling.js';

/**
 * What happened between two snapshots of one process: counts are differences, all else is the later one's. An entry that
 * was closed and opened again counts from zero.
 *
 * @param cpuUsed share of a processor that fibers used in between.
 */
export function subtractScheduling(
  later: SchedulingSnapshot | null,
  earlier: SchedulingSnapshot | null,
  cpuUsed: number,
): SchedulingSnapshot | null {
  if (later === null || earlier === null) return later;
  const resources = new Map(earlier.resources.map((resource) => [resource.name, resource]));
  const entries = new Map(earlier.entries.map((entry) => [entry.name, entry]));
  return {
    ...later,
    resources: later.resources.map((resource) => ({
      ...resource,
      used: resource.unit === 'processors' ? cpuUsed : resource.used,
      blocked: since(resource.blocked, resources.get(resource.name)?.blocked),
    })),
    entries: later.entries.map((entry) => subtractEntry(entry, entries.get(entry.name))),
    descriptors: {
      ...later.descriptors,
      heldBack: since(later.descriptors.heldBack, earlier.descriptors.heldBack),
    },
    stopped: since(later.stopped, earlier.stopped),
  };
}

function subtractEntry(later: EntrySnapshot, earlier: EntrySnapshot | undefined): EntrySnapshot {
  if (earlier === undefined) return later;
  const kinds = new Map(earlier.kinds.map((kind) => [kind.name, kind]));
  const refusals = new Map(earlier.refusals.map(({ reason, count }) => [reason, count]));
  // One count that went down proves that the entry was reopened: all its counts restart together.
  if (later.kinds.some((kind) => kind.offered < (kinds.get(kind.name)?.offered ?? 0))) return later;
  return {
    ...later,
    kinds: later.kinds.map((kind) => subtractKind(kind, kinds.get(kind.name))),
    refusals: later.refusals
      .map(({ reason, count }): RefusalCount => ({ reason, count: since(count, refusals.get(reason)) }))
      .filter(({ count }) => count > 0),
  };
}

function subtractKind(later: KindSnapshot, earlier: KindSnapshot | undefined): KindSnapshot {
  return {
    ...later,
    offered: since(later.offered, earlier?.offered),
    admitted: since(later.admitted, earlier?.admitted),
    finished: since(later.finished, earlier?.finished),
    refused: since(later.refused, earlier?.refused),
    withdrawn: since(later.withdrawn, earlier?.withdrawn),
  };
}

function since(later: number, earlier: number = 0): number {
  return later < earlier ? later : later - earlier;
}

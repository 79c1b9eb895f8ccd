import { addEntries, addResources } from '../blocking-graph/add-scheduling.js';
import type { GraphNode } from '../blocking-graph/graph-node.js';
import { mergeNamed } from '../blocking-graph/merge.js';
import type { SchedulingSource } from '../blocking-graph/scheduling-source.js';
import type {
  AheadSnapshot,
  EntrySnapshot,
  HeldSnapshot,
  ResourceSnapshot,
  ResourceUnit,
  SchedulingSnapshot,
} from '../blocking-graph/scheduling.js';
import type { RunLoop } from '../fibers/run-loop.js';
import type { GatedEntry } from './gated-entry.js';
import type { Outlook } from './outlook.js';
import type { ResourceAccount } from './resource-account.js';
import type { ResourceGovernor } from './resource-governor.js';

/** Reads what the governor knows into plain data. Changes nothing, and costs nothing until it is read. */
export class SchedulingReader implements SchedulingSource {
  private readonly governor: ResourceGovernor;
  private readonly loop: RunLoop;
  private readonly since: number;

  /** @param since the loop's time at which the counting began. */
  constructor(governor: ResourceGovernor, loop: RunLoop, since: number) {
    this.governor = governor;
    this.loop = loop;
    this.since = since;
  }

  snapshot(): SchedulingSnapshot {
    const { governor, loop } = this;
    const { outlook } = governor;
    const { descriptors } = loop;
    const now = loop.clock.now();
    return {
      limiting: governor.watch.limiting(now),
      live: governor.live,
      // Names come from the program: pools of the same name are shown as their sum.
      resources: mergeNamed(outlook === null ? [] : this.resources(outlook, now), addResources),
      entries: mergeNamed(
        [...governor.entries].map((entry) => this.entry(entry, now)),
        addEntries,
      ),
      memory:
        outlook === null
          ? null
          : {
              liveBytes: Math.max(0, outlook.memory.live),
              baseBytes: outlook.memory.model.base,
              survival: outlook.memory.model.survival,
            },
      descriptors: {
        used: Math.max(0, descriptors.used),
        limit: finite(descriptors.limit),
        waiting: descriptors.waiters.size,
        heldBack: descriptors.heldBack,
      },
      heldBack: governor.heldLists.reduce((sum, list) => sum + list.size, 0),
      stopped: governor.backStop?.stopped ?? 0,
    };
  }

  aheadOf(node: GraphNode): AheadSnapshot | null {
    const { outlook } = this.governor;
    const index = outlook?.graph.indexOf(node) ?? null;
    if (outlook === null || index === null) return null;
    const cpuMs = outlook.prediction.demands[outlook.resources.indexOf(outlook.cpu)]?.work[index];
    const timeMs = outlook.prediction.remaining[index];
    // Undefined for a node that was reached after the last tick.
    return cpuMs === undefined || timeMs === undefined ? null : { timeMs, cpuMs };
  }

  heldAt({ ready }: GraphNode): HeldSnapshot | null {
    const { governor, loop } = this;
    if (ready.size === 0 || !governor.heldLists.includes(ready)) return null;
    return {
      by: governor.outlook!.heap.name,
      fibers: ready.size,
      forMs: governor.watch.heldMs(ready, loop.clock.now()),
    };
  }

  private resources(outlook: Outlook, now: number): ResourceSnapshot[] {
    const window = now - this.since;
    return outlook.resources.map((resource) => ({
      name: resource.name,
      kind: resource.kind,
      unit: unitOf(resource, outlook),
      used: resource !== outlook.cpu ? Math.max(0, resource.used) : window > 0 ? this.loop.meter.ranMs / window : 0,
      outstanding: Math.max(0, resource.outstanding),
      capacity: finite(resource.capacity),
      queueMs: resource.queueMs,
      steady: resource.steady,
      delayMs: resource.delayMs,
      holdMs: resource.holdMs,
      blocked: resource.blocked,
    }));
  }

  private entry(entry: GatedEntry, now: number): EntrySnapshot {
    return {
      name: entry.name,
      goalMs: entry.goal,
      live: entry.live,
      queued: entry.queue.size,
      limit: finite(entry.nets.all.limit),
      kinds: [...entry.kinds.values()].map((kind) => {
        const { name, priority, live, offered, admitted, finished, refused, withdrawn, late } = kind;
        const limit = finite(entry.nets.limitOf(kind));
        return { name, priority, live, limit, offered, admitted, finished, refused, withdrawn, late };
      }),
      refusals: [...entry.refusals].map(([reason, count]) => ({ reason, count })),
      refusing: this.governor.watch.refusingAt(entry, now),
    };
  }
}

function unitOf(resource: ResourceAccount, { cpu, descriptors }: Outlook): ResourceUnit {
  if (resource === cpu) return 'processors';
  if (resource.kind === 'rate') return 'slots';
  return resource === descriptors ? 'descriptors' : 'bytes';
}

/** JSON has no infinity. */
function finite(value: number): number | null {
  return value === Infinity ? null : value;
}

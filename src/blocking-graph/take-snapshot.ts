import type { Fiber } from '../fibers/fiber.js';
import type { PopulationWalk } from '../fibers/population.js';
import type { RunLoop } from '../fibers/run-loop.js';
import { resourcesOf } from '../fibers/sync/resources-of.js';
import type { CodePlace } from './code-place.js';
import { describeLongRuns } from './describe-long-runs.js';
import { describeScheduling } from './describe-scheduling.js';
import type { GraphNode } from './graph-node.js';
import type { GraphRecorder } from './graph-recorder.js';
import { LockSurvey } from './lock-survey.js';
import type { SchedulingSource } from './scheduling-source.js';
import type {
  EdgeSnapshot,
  HeldSnapshot,
  NodeSnapshot,
  PlaceSnapshot,
  ProcessInfo,
  ProcessUsage,
  Snapshot,
} from './snapshot.js';
import { waitingSince } from './waiting-since.js';

/** What a snapshot is taken of. */
export interface SnapshotSource {
  readonly loop: RunLoop;
  /** Null without recording: the snapshot then has no nodes. */
  readonly graph: GraphRecorder | null;
  readonly process: ProcessInfo;
  /** Returns null where the process is not measured, as in virtual time. */
  readonly usage: () => ProcessUsage | null;
  /** When counting began, in ms of the loop's clock. */
  readonly since: number;
  /** Tickets and pass of a node; null if the run queue has none. */
  readonly shareOf: (node: GraphNode) => { readonly tickets: number; readonly pass: number } | null;
  /** Null while nothing is scheduled by resources. */
  readonly scheduling: SchedulingSource | null;
}

/**
 * Takes a snapshot without stopping the program: fibers are visited in pieces of about half a time slice, and the event
 * loop and all fibers get a turn in between. Counts are read at the end, all at once: a graph has few nodes.
 */
export async function takeSnapshot(source: SnapshotSource): Promise<Snapshot> {
  const { clock, sliceMs } = source.loop;
  const survey = new Survey(source);
  while (!survey.visit(clock.now() + sliceMs / 2)) await new Promise<void>((resolve) => clock.defer(resolve));
  return survey.finish();
}

/** Takes a snapshot in one go, however long that takes: for a deadlocked program, and for tests. */
export function takeSnapshotNow(source: SnapshotSource): Snapshot {
  const survey = new Survey(source);
  survey.visit(Infinity);
  return survey.finish();
}

class Survey {
  private readonly source: SnapshotSource;
  private readonly takenAt: number;
  private readonly began: number;
  private readonly walk: PopulationWalk;
  private readonly oldest: Map<GraphNode, number> = new Map();
  private readonly ready: Map<GraphNode, number> = new Map();
  private readonly locks: LockSurvey = new LockSurvey();
  private waiting: number = 0;

  constructor(source: SnapshotSource) {
    const { loop } = source;
    this.source = source;
    this.takenAt = loop.clock.unixTime();
    this.began = loop.clock.now();
    this.walk = loop.population.walk();
  }

  /** Visits fibers until about `until`, of the loop's clock; true once all have been visited. */
  visit(until: number): boolean {
    const { clock } = this.source.loop;
    for (let n = 1; ; n++) {
      const fiber = this.walk.next();
      if (fiber === null) return true;
      this.note(fiber);
      if (n % PIECE === 0 && clock.now() >= until) return false;
    }
  }

  private note(fiber: Fiber): void {
    const node = fiber.node as GraphNode | null;
    if (!fiber.isWaiting) {
      if (node !== null) this.ready.set(node, (this.ready.get(node) ?? 0) + 1);
      return;
    }
    this.waiting++;
    if (node !== null) {
      const oldest = this.oldest.get(node);
      const since = waitingSince(fiber);
      if (oldest === undefined || since < oldest) this.oldest.set(node, since);
    }
    this.locks.note(fiber);
  }

  finish(): Snapshot {
    const { loop, graph, process, since } = this.source;
    this.walk.end();
    const now = loop.clock.now();
    const nodes = graph === null ? [] : [...graph.nodes.values()];
    const { locks, more, deadlocks } = this.locks.report(resourcesOf(loop), now);
    const scheduling = this.source.scheduling?.snapshot() ?? null;
    const listed = this.nodes(nodes, now);
    const { meter } = loop;
    const live = loop.spawned - loop.ended;
    return {
      format: 'heddle.snapshot',
      version: 1,
      process,
      takenAt: this.takenAt,
      tookMs: Math.max(0, now - this.began),
      windowMs: Math.max(0, now - since),
      usage: this.source.usage(),
      fibers: {
        live,
        ready: loop.queue.size,
        // Some that were seen waiting may have ended since.
        waiting: Math.min(this.waiting, live),
        spawned: loop.spawned,
        ended: loop.ended,
      },
      scheduler: {
        queue: loop.queue.name,
        sliceMs: loop.sliceMs,
        passes: loop.passes,
        batches: meter.batches,
        ranMs: meter.ranMs,
        overruns: meter.overruns,
        longestMs: meter.longestMs,
      },
      scheduling,
      nodes: listed,
      edges: nodes.flatMap(edgesOf),
      locks,
      ...(more === undefined ? {} : { moreLocks: more }),
      lost: graph?.lost ?? 0,
      warnings: [...deadlocks, ...describeScheduling(scheduling, listed), ...describeLongRuns(nodes, loop.sliceMs)],
    };
  }

  private nodes(nodes: readonly GraphNode[], now: number): NodeSnapshot[] {
    const arrivals = new Map<GraphNode, number>(nodes.map((node) => [node, node.starts]));
    for (const node of nodes) for (const edge of node.edges) arrivals.set(edge.to, arrivals.get(edge.to)! + edge.count);
    const perNode = this.source.loop.queue.name === 'stride';
    const { scheduling } = this.source;
    return nodes.map((node) => {
      const arrived = arrivals.get(node)!;
      const left = node.edges.reduce((sum, edge) => sum + edge.count, 0);
      const fibers = node.label.kind === 'exit' ? 0 : arrived - left;
      const ready = Math.min(perNode ? node.ready.size : (this.ready.get(node) ?? 0), fibers);
      const oldest = this.oldest.get(node);
      const share = this.source.shareOf(node);
      const oldestMs = oldest === undefined || fibers === ready ? null : Math.max(0, now - oldest);
      return {
        id: node.id,
        label: node.label.kind,
        subject: node.label.subject,
        ...callsTo(node),
        fibers,
        waiting: fibers - ready,
        ready,
        arrivals: arrived,
        oldestMs,
        run: runTime(node),
        wait: node.waited?.toSnapshot() ?? null,
        tickets: share?.tickets ?? null,
        pass: share?.pass ?? null,
        spawns: node.spawns.map(({ to, count }) => ({ to: to.id, count })),
        pool: node.pool === null || node.pool.servesWhileWaiting ? null : node.pool.text,
        allocated: allocationOf(node),
        descriptors: node.descriptors,
        ahead: scheduling?.aheadOf(node) ?? null,
        held: scheduling?.heldAt(node) ?? waitingForDescriptor(node, fibers - ready, oldestMs),
      };
    });
  }
}

function callsTo({ chain }: GraphNode): Pick<NodeSnapshot, 'chain' | 'places'> {
  const calls = chain.path();
  return { chain: calls.map((call) => call.text), places: calls.map(({ place }) => place && toPlace(place)) };
}

function toPlace({ file, line, column, function: name, text }: CodePlace): PlaceSnapshot {
  return { file, line, column, function: name, callee: text ?? '' };
}

function edgesOf(node: GraphNode): EdgeSnapshot[] {
  return node.edges.map((edge) => ({
    from: node.id,
    to: edge.to.id,
    count: edge.count,
    meanMs: edge.run.mean(),
    samples: edge.run.samples,
  }));
}

/** From whole batches if the run queue keeps a list for each node, else extrapolated from the sampled runs of its edges. */
function runTime(node: GraphNode): NodeSnapshot['run'] {
  const { ready } = node;
  if (ready.runs > 0) return { totalMs: ready.ranMs, meanMs: ready.meanMs, samples: ready.runs };
  const sampled = node.edges.filter((edge) => edge.run.samples > 0);
  const weight = sampled.reduce((sum, edge) => sum + edge.count, 0);
  const meanMs = sampled.reduce((sum, edge) => sum + edge.count * edge.run.value, 0) / weight;
  const samples = sampled.reduce((sum, edge) => sum + edge.run.samples, 0);
  return { totalMs: weight === 0 ? 0 : meanMs * weight, meanMs: weight === 0 ? null : meanMs, samples };
}

function allocationOf({ heapBytes, externalBytes }: GraphNode): NodeSnapshot['allocated'] {
  return heapBytes.samples === 0
    ? null
    : { heapBytes: heapBytes.mean, externalBytes: externalBytes.mean, samples: heapBytes.samples };
}

function waitingForDescriptor({ label }: GraphNode, fibers: number, oldestMs: number | null): HeldSnapshot | null {
  return label.kind === 'descriptor.take' && fibers > 0 ? { by: 'descriptors', fibers, forMs: oldestMs ?? 0 } : null;
}

/** Fibers visited between two clock readings. */
const PIECE = 256;

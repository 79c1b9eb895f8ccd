import type { FlowGraph } from '../blocking-graph/flow-graph.js';
import { Prediction } from '../blocking-graph/prediction.js';
import type { DescriptorStock } from '../fibers/descriptor-stock.js';
import type { Pool } from '../fibers/pool.js';
import { choosePools } from './choose-pools.js';
import { DescriptorGate } from './descriptor-gate.js';
import { FairShares } from './fair-shares.js';
import { FiberCapacity } from './fiber-capacity.js';
import type { Kind } from './kind.js';
import type { Machine } from './machine.js';
import { MemoryOutlook } from './memory-outlook.js';
import { PoolMeter } from './pool-meter.js';
import { ResourceAccount } from './resource-account.js';
import type { SchedulingSwitches } from './scheduling-options.js';

/**
 * What the work under way is still going to need of each resource, and whether more fits in. By Little's law a resource that is
 * fully used, with no queue in front, has as much demand outstanding as it serves in the average time until demand falls due.
 * More than that, plus a little queueing, is too much:
 *
 *     Σ Q(n) over live fibers + Q(new)  ≤  (capacity − Σ r(n) over live fibers) × (queueMs + H(new))
 */
export class Outlook {
  readonly prediction: Prediction = new Prediction();
  readonly resources: ResourceAccount[] = [];
  readonly memory: MemoryOutlook;
  readonly cpu: ResourceAccount;
  readonly heap: ResourceAccount;
  readonly external: ResourceAccount;
  readonly descriptors: ResourceAccount;
  readonly graph: FlowGraph;
  /** The share of the time between the last two ticks in which the event loop had nothing to do. */
  idleShare: number = 0;
  private readonly descriptorGate: DescriptorGate;
  private readonly machine: Machine;
  private readonly on: SchedulingSwitches;
  private readonly pools: Map<Pool, { meter: PoolMeter; resource: ResourceAccount }> = new Map();
  private standing: Float64Array = new Float64Array(0);
  private kinds: readonly Kind[] = [];
  private readonly shares: FairShares = new FairShares();
  private readonly fiberCapacity: FiberCapacity = new FiberCapacity();
  /** Processor time, in ms, that fibers of no kind are still going to use, such as those that handlers have started. */
  private childrenMs: number = 0;
  /** By index of the node: the kind of its fibers (the first of that name), or null. */
  readonly kindAt: (Kind | null)[] = [];

  constructor(graph: FlowGraph, machine: Machine, stock: DescriptorStock, on: SchedulingSwitches) {
    this.graph = graph;
    this.machine = machine;
    this.on = on;
    const { nodes } = graph;
    machine.heap.look();
    this.cpu = this.add('cpu', 'rate', 1, (n) => nodes[n]!.cpuMs);
    this.heap = this.add(
      'memory',
      'stock',
      machine.heap.limit,
      (n) => nodes[n]!.node.heapBytes.mean,
      (n) => nodes[n]!.node.heapBytes.cautiousVariance,
    );
    this.memory = new MemoryOutlook(graph, machine.heap, this.heap, this.prediction, this.resources.indexOf(this.heap));
    this.external = this.add(
      'external memory',
      'stock',
      machine.heap.externalLimit,
      (n) => nodes[n]!.node.externalBytes.mean,
      (n) => nodes[n]!.node.externalBytes.cautiousVariance,
    );
    this.descriptors = this.add('descriptors', 'stock', Infinity, (n) => nodes[n]!.descriptors);
    this.descriptorGate = new DescriptorGate(stock);
  }

  /** There were no ticks for a while: how idle it was then says nothing about the next tick. */
  restart(): void {
    this.machine.idleShare();
  }

  /**
   * Learns from what happened in the last `elapsedMs`, and predicts anew.
   *
   * @param ranMs for how long fibers have run since the program began.
   * @param timed whether its times mean anything: not if the process stood still.
   */
  tick(elapsedMs: number, ranMs: number, kinds: readonly Kind[], goalMs: number, timed: boolean = true): void {
    this.kinds = kinds;
    for (const kind of kinds) kind.start ??= this.graph.startOf(kind.name);
    for (const kind of kinds) kind.tick(DECAY);
    this.graph.tick(DECAY, timed);
    this.matchNames();
    if (timed) this.shares.tick(kinds, this.graph.nodes, this.kindAt, elapsedMs, DECAY);
    this.findPools();
    this.idleShare = this.machine.idleShare();
    this.cpu.capacity = this.fiberCapacity.tick(timed ? elapsedMs : 0, 1 - this.idleShare, ranMs, DECAY);
    for (const { meter, resource } of this.pools.values()) {
      meter.tick(timed ? elapsedMs : 0, DECAY, this.idleShare);
      resource.capacity = meter.capacity;
      resource.scale = meter.atOnce;
      resource.holdMs = meter.holdMs * meter.atOnce;
      if (meter.pool.servesWhileWaiting && meter.holdMs > 0) this.discountQueueing(meter);
    }
    this.descriptorGate.tick(kinds, DECAY);
    this.machine.heap.look();
    // Before the prediction is made anew: what is held now is compared by the means that applied so far.
    this.refresh();
    this.prediction.compute(this.graph.nodes, this.resources, goalMs);
    this.memory.predicted();
    this.setCapacities(goalMs);
    this.mixKinds();
    this.refresh();
  }

  /** Sums up what live fibers hold and are going to need. Takes some nanoseconds for each edge of the graph. */
  refresh(): void {
    const { graph, resources, prediction } = this;
    this.standing = graph.countStanding(this.standing);
    const { standing } = this;
    const count = Math.min(graph.nodes.length, prediction.remaining.length);
    for (let r = 0; r < resources.length; r++) {
      const resource = resources[r]!;
      const demand = prediction.demands[r];
      if (demand === undefined || demand.work.length < count) continue;
      let outstanding = 0;
      let steady = 0;
      let used = resource === this.heap ? this.memory.beyondMeans() : 0;
      if (resource === this.cpu) {
        this.childrenMs = 0;
        for (const kind of this.kinds) kind.outstandingMs = 0;
      }
      for (let n = 0; n < count; n++) {
        const fibers = standing[n]!;
        if (fibers === 0) continue;
        const due = fibers * demand.outstanding[n]!;
        outstanding += due;
        if (resource === this.cpu) {
          const kind = this.kindAt[n];
          if (kind) kind.outstandingMs += due;
          else this.childrenMs += due;
        }
        steady += fibers * demand.steady[n]!;
        used += fibers * demand.held[n]!;
      }
      resource.outstanding = outstanding * resource.scale;
      resource.steady = steady * resource.scale;
      if (resource.kind === 'stock') resource.used = used * resource.scale;
      if (resource === this.heap) this.memory.calibrate(used, standing);
    }
    this.descriptors.used = this.descriptorGate.held;
    for (const { meter, resource } of this.pools.values()) {
      resource.used = meter.busy;
      // A fiber that holds a slot is half-way through with it on average: so far it was not counted, or counted as if all of it
      // were to come.
      const counted = meter.pool.servesWhileWaiting ? 1 : 0;
      resource.outstanding += (0.5 - counted) * meter.busy * meter.holdMs;
    }
  }

  /** The resource that has no room for one more of `kind`; null if all have. */
  blocker(kind: Kind): ResourceAccount | null {
    const { resources, prediction, on } = this;
    for (let r = 0; r < resources.length; r++) {
      const resource = resources[r]!;
      if (!this.gates(resource, on) || resource === this.descriptors) continue;
      const demands = kind.start === null ? undefined : prediction.demands[r];
      const own = demands?.outstanding[kind.start!] ?? resource.mean;
      const ownSteady = demands?.steady[kind.start!] ?? 0;
      // Its own demand, but no more than the mean, or an expensive kind would be shut out forever.
      const demand = Math.min(own, resource.mean) * resource.scale;
      if (own === 0 && ownSteady === 0) continue;
      if (resource === this.cpu && own + this.outstandingOf(kind) <= kind.first.fairShare * resource.queueMs) continue;
      if (resource === this.cpu && kind.first.fairShare === 0 && this.kinds.some(({ isKeptWaiting }) => isKeptWaiting))
        return resource;
      const free = resource.capacity - resource.steady - ownSteady * resource.scale;
      if (free > 0 && resource.outstanding + demand <= free * (resource.queueMs + resource.delayMs)) continue;
      if (resource === this.cpu) kind.first.waited = true;
      return resource;
    }
    if (!on.stockGate) return null;
    if (!this.descriptorGate.fits(kind, this.kinds)) return this.descriptors;
    const peak = kind.start === null ? 0 : this.memory.peakAt(kind.start, 1);
    return this.memory.fits(peak, ENTRY_SHARE) ? null : this.heap;
  }

  /**
   * Processor time that live fibers of its name are still going to use; if it starts others, also that of all fibers of no kind,
   * since it is not known who started them.
   */
  private outstandingOf({ first }: Kind): number {
    return first.outstandingMs + (first.startsOthers ? this.childrenMs : 0);
  }

  /** It was let in: until the next `refresh` it counts as standing at the node where its kind starts. */
  admit(kind: Kind): void {
    const { resources, prediction } = this;
    if (kind.start === null) return;
    kind.first.outstandingMs += this.prediction.demands[0]?.outstanding[kind.start] ?? 0;
    for (let r = 0; r < resources.length; r++) {
      const demand = prediction.demands[r];
      if (demand !== undefined)
        resources[r]!.outstanding += (demand.outstanding[kind.start] ?? 0) * resources[r]!.scale;
    }
  }

  private matchNames(): void {
    const { nodes } = this.graph;
    const byName = new Map<string, Kind>();
    for (const kind of this.kinds) {
      const { name } = kind;
      kind.first = byName.get(name) ?? kind;
      byName.set(name, kind.first);
    }
    for (const kind of this.kinds) kind.startsOthers = false;
    for (let n = 0; n < nodes.length; n++) {
      const kind = (this.kindAt[n] = byName.get(nodes[n]!.node.chain.root.name) ?? null);
      if (kind !== null && nodes[n]!.spawns.some(({ p }) => p > 0)) kind.startsOthers = true;
    }
  }

  private gates(resource: ResourceAccount, on: SchedulingSwitches): boolean {
    if (resource === this.cpu) return on.cpuGate;
    return resource.kind === 'stock' ? on.stockGate : on.poolGate;
  }

  /** Waiting longer than a slot is held is queueing, which depends on how much other work there is: not counted. */
  private discountQueueing({ pool, holdMs }: PoolMeter): void {
    for (const node of this.graph.nodes) if (node.node.pool === pool) node.waitMs = Math.min(node.waitMs, holdMs);
  }

  private setCapacities(goalMs: number): void {
    const { heap } = this.machine;
    this.cpu.queueMs = this.heap.queueMs = this.external.queueMs = QUEUE_SHARE * goalMs;
    this.heap.scale = this.memory.model.survival;
    this.heap.capacity = Math.max(MEMORY_SHARE * heap.limit - this.memory.model.base, 0.1 * heap.limit);
    this.external.capacity = heap.externalLimit;
    this.descriptors.capacity = this.descriptorGate.capacity;
    for (const { resource } of this.pools.values()) resource.queueMs = QUEUE_SHARE * goalMs;
  }

  /** Weighted by recent arrivals, so that kinds that are shut out keep their weight. */
  private mixKinds(): void {
    const { prediction, resources } = this;
    for (let r = 0; r < resources.length; r++) {
      const demand = prediction.demands[r]!;
      const resource = resources[r]!;
      let weight = 0;
      let outstanding = 0;
      let work = 0;
      let when = 0;
      for (const kind of this.kinds) {
        if (kind.start === null) continue;
        weight += kind.rate;
        outstanding += kind.rate * demand.outstanding[kind.start]!;
        work += kind.rate * demand.work[kind.start]!;
        when += kind.rate * demand.when[kind.start]!;
      }
      resource.mean = weight > 0 ? outstanding / weight : 0;
      resource.delayMs = work > 0 ? Math.max(0, when / work) : 0;
    }
    // Some work may always queue, or the processor would idle between expensive pieces.
    this.cpu.queueMs = Math.max(this.cpu.queueMs, (LEAST_QUEUE * this.cpu.mean) / this.cpu.capacity);
  }

  private findPools(): void {
    const named = new Set<Pool>();
    for (const { node } of this.graph.nodes) if (node.pool !== null) named.add(node.pool);
    const chosen = choosePools(this.pools.keys(), named);
    for (const [pool, { resource }] of this.pools) if (!chosen.has(pool)) this.forget(pool, resource);
    for (const pool of chosen) {
      if (this.pools.has(pool)) continue;
      const meter = new PoolMeter(pool);
      const amount = (n: number): number => (this.graph.nodes[n]!.node.pool === pool ? meter.holdMs : 0);
      const resource = this.add(pool.text, 'rate', pool.capacity, amount);
      this.pools.set(pool, { meter, resource });
    }
  }

  private forget(pool: Pool, resource: ResourceAccount): void {
    this.pools.delete(pool);
    const number = this.resources.indexOf(resource);
    for (const list of [this.resources, this.prediction.demands]) list.splice(number, 1);
  }

  private add(...account: ConstructorParameters<typeof ResourceAccount>): ResourceAccount {
    const resource = new ResourceAccount(...account);
    this.resources.push(resource);
    return resource;
  }
}

/** The weight of what happened a tick ago, relative to what happens now. */
const DECAY = 0.9;
/** Of the goal: how long work that was let in may queue for the processor, for memory or for a pool. */
const QUEUE_SHARE = 0.03;
/** Of the heap's limit: above it the collector takes more time than the memory is worth. */
const MEMORY_SHARE = 0.7;
/** Of the heap's limit: the peak demand of what is let in has to stay below it. */
const ENTRY_SHARE = 0.9;
/** Mean pieces of work that may always queue for the processor. */
const LEAST_QUEUE = 2;

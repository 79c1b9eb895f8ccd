import type { FlowGraph, LiveNode } from '../blocking-graph/flow-graph.js';
import type { Fiber } from '../fibers/fiber.js';
import type { Kind } from '../resources/kind.js';
import type { Outlook } from '../resources/outlook.js';
import type { Steering } from '../resources/steering.js';
import type { SchedulingSwitches } from '../resources/scheduling-options.js';
import { resourceTickets } from './resource-tickets.js';
import type { StrideList, StrideRunQueue } from './stride-run-queue.js';

/**
 * Steers the stride queue by resources: tickets by what nodes take and give back of what is scarce, and a check before fibers
 * run from a node that takes much memory. Such fibers wait in their list, and hold up no other list.
 */
export class ResourceSteering implements Steering {
  private readonly queue: StrideRunQueue;
  private readonly on: SchedulingSwitches;

  constructor(queue: StrideRunQueue, on: SchedulingSwitches) {
    this.queue = queue;
    this.on = on;
  }

  steer(outlook: Outlook, kinds: readonly Kind[]): void {
    const { nodes } = outlook.graph;
    const priorities = prioritiesOf(outlook.graph, kinds);
    for (const live of nodes) {
      const list = live.node.ready as StrideList;
      if (this.on.tickets)
        this.queue.setTickets(list, resourceTickets(live.index, outlook) * (priorities.get(live) ?? 1));
      const takes = outlook.heap.amount(live.index) * outlook.heap.scale;
      const dear = this.on.localCheck && takes > WORTH_CHECKING * outlook.heap.capacity;
      list.guard = dear ? (list.guard ?? (() => this.admits(live, outlook))) : null;
      list.isUrgent = dear
        ? (list.isUrgent ?? ((fiber) => hasEnough(fiber, live, outlook) || isAwaited(fiber, outlook)))
        : null;
      list.single = dear;
    }
  }

  released(): void {
    this.queue.releaseHeld();
  }

  get heldFibers(): number {
    return this.queue.heldFibers;
  }

  get heldLists(): readonly StrideList[] {
    return this.queue.heldLists;
  }

  unstick(live: number, outlook: Outlook): boolean {
    const { queue } = this;
    if (queue.heldLists.length > 0) queue.releaseUrgent();
    if (queue.heldLists.length === 0 || queue.size > 0 || queue.heldFibers < live) return true;
    const needs = new Map(outlook.graph.nodes.map(({ node, index }) => [node.ready, outlook.memory.peakAt(index, 0)]));
    const need = (list: StrideList): number => needs.get(list) ?? 0;
    const least = queue.heldLists.reduce((a, b) => (need(b) < need(a) ? b : a));
    if (!outlook.memory.fits(need(least), LAST_SHARE)) return false;
    queue.pardon(least);
    return true;
  }

  /** What the fiber is going to need has to fit; one that holds nothing yet leaves room for those that hold some. */
  private admits({ index }: LiveNode, outlook: Outlook): boolean {
    outlook.refresh();
    const held = outlook.memory.heldAt(index);
    const others = held > 0 ? 0 : outlook.memory.pending() / 2;
    return outlook.memory.fits(outlook.memory.peakAt(index, 2) + others, CHECK_SHARE);
  }
}

/**
 * Whether it was measured to have taken nearly all that its kind takes: by prediction or, if less, as much as any of them ever did.
 * Where the graph takes two places for one, those that have all are predicted to take as much again. Other fibers at the same node
 * may not have enough.
 */
function hasEnough(fiber: Fiber, { index }: LiveNode, { memory, kindAt }: Outlook): boolean {
  const start = kindAt[index]?.start ?? null;
  const needs = start === null ? 0 : Math.min(memory.peakAt(start, 0), memory.mostTaken(index));
  return needs > 0 && memory.measuredOf(fiber) >= ENOUGH * needs;
}

/**
 * Whether a fiber that holds a lock waits for its end: itself, or one of those that started it, up to the one that was let in.
 */
function isAwaited(fiber: Fiber, { graph, kindAt }: Outlook): boolean {
  for (let one: Fiber | null = fiber; one !== null; one = one.home().host) {
    if (one.permits > 0) return true;
    const index = one.node === null ? null : graph.indexOf(one.node);
    // Farther up is the server, which may have been started under a lock.
    if (index !== null && kindAt[index]) return false;
  }
  return false;
}

/** All nodes of a kind have its priority. */
function prioritiesOf(graph: FlowGraph, kinds: readonly Kind[]): Map<LiveNode, number> {
  const byName = new Map(kinds.filter(({ priority }) => priority !== 1).map(({ name, priority }) => [name, priority]));
  const found = new Map<LiveNode, number>();
  if (byName.size === 0) return found;
  for (const live of graph.nodes) {
    const priority = byName.get(live.node.chain.root.name);
    if (priority !== undefined) found.set(live, priority);
  }
  return found;
}

/** Of what fibers may hold together: runs that take less are not checked. */
const WORTH_CHECKING = 0.002;
/** Of what its kind takes. */
const ENOUGH = 0.9;
/** Of the heap's limit: what fits in normally, and for the fiber that lets the others go on. */
const CHECK_SHARE = 0.8;
const LAST_SHARE = 0.93;

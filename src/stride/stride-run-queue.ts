import type { Fiber } from '../fibers/fiber.js';
import { ReadyList } from '../fibers/ready-list.js';
import type { RunQueue } from '../fibers/run-queue.js';
import { Stride, type StrideClient } from './stride.js';
import { equalTickets, type TicketsPolicy } from './tickets-policy.js';

/** The ready fibers of one node, as a client of the stride scheduler. */
export class StrideList extends ReadyList implements StrideClient {
  tickets: number = 0;
  stride: number = 0;
  pass: number = 0;
  remain: number = 0;
  heapIndex: number = -1;
  origin: number = 0;
  turn: number = 0;
}

/**
 * One ready list for each node of the blocking graph, shared out by stride scheduling: the list with the smallest
 * pass runs a batch, first in first out, and is charged for its time. So the microsecond first steps of new fibers
 * do not queue behind the long last steps of old ones.
 */
export class StrideRunQueue implements RunQueue {
  readonly name = 'stride';
  readonly stride: Stride<StrideList> = new Stride();
  private readonly policy: TicketsPolicy;
  private ready: number = 0;
  /** The list last pushed to. */
  private latest: StrideList | null = null;

  constructor(policy: TicketsPolicy = equalTickets) {
    this.policy = policy;
  }

  get size(): number {
    return this.ready;
  }

  push(fiber: Fiber): void {
    const node = fiber.node!;
    const list = node.ready as StrideList;
    list.push(fiber);
    this.latest = list;
    this.ready++;
    if (list.heapIndex >= 0) return;
    if (list.tickets === 0) this.stride.modify(list, this.policy.tickets(node));
    this.stride.join(list);
  }

  /**
   * A list that has run dry leaves only when its turn comes or when time is charged. And where all that are ready stand
   * in one list, it need not be searched for. Two fibers that play ping-pong would otherwise join and leave at every
   * switch, a tenth of it.
   */
  take(): ReadyList | null {
    const { stride, latest } = this;
    if (latest !== null && latest.size > 0 && latest.size === this.ready) return latest;
    for (let list = stride.next(); list !== null; list = stride.next()) {
      if (list.size > 0) return list;
      stride.leave(list);
    }
    return null;
  }

  put(_list: ReadyList, count: number): void {
    this.ready -= count;
  }

  charge(list: ReadyList, ms: number): void {
    const { stride } = this;
    // The first one's pass becomes the global pass: it must be one that has something to run.
    for (let first = stride.next(); first !== null && first.size === 0; first = stride.next()) stride.leave(first);
    stride.charge(list as StrideList, ms);
  }
}

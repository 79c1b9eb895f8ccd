import { FRACTION } from '../base/fraction.js';
import type { Fiber } from '../fibers/fiber.js';
import { ReadyList } from '../fibers/ready-list.js';
import type { RunQueue } from '../fibers/run-queue.js';
import { Stride, type StrideClient } from './stride.js';

/** The ready fibers of one node, as a client of the stride scheduler. */
export class StrideList extends ReadyList implements StrideClient {
  tickets: number = FRACTION;
  stride: number = FRACTION;
  pass: number = FRACTION;
  heapIndex: number = -1;
  origin: number = FRACTION;
  turn: number = 0;
  /** Whether a fiber may run from here now; null where nobody has to ask. */
  guard: ((fiber: Fiber) => boolean) | null = null;
  /** Whether a fiber goes before those who want some, and need not ask: what it does makes room, or others wait for it. */
  isUrgent: ((fiber: Fiber) => boolean) | null = null;
  /** Its fibers are kept from running until something changes. */
  held: boolean = false;
  /** Its first fiber may run without being asked for. */
  pardoned: boolean = false;
}

/**
 * One ready list for each node of the blocking graph, shared out by stride scheduling: the list with the smallest
 * pass runs a batch, first in first out, and is charged for its time. So the microsecond first steps of new fibers
 * do not queue behind the long last steps of old ones.
 *
 * A list whose guard says no is held back whole, so that nothing hides behind its first fiber, and asked again when
 * something has been given back. Held fibers do not count as ready: the program may sleep meanwhile.
 */
export class StrideRunQueue implements RunQueue {
  readonly name = 'stride';
  readonly stride: Stride<StrideList> = new Stride();
  private ready: number = 0;
  /** The list last pushed to. */
  private latest: StrideList | null = null;
  private readonly held: StrideList[] = [];
  /** Called when held fibers are ready again. */
  private readonly onReleased: () => void;

  constructor(onReleased: () => void = () => {}) {
    this.onReleased = onReleased;
  }

  get size(): number {
    return this.ready;
  }

  push(fiber: Fiber): void {
    const list = fiber.node!.ready as StrideList;
    if (list.guard !== null && this.pushGuarded(list, fiber)) return;
    list.push(fiber);
    this.latest = list;
    this.ready++;
    if (list.heapIndex >= 0) return;
    if (list.tickets === 0) this.stride.modify(list, EQUAL_TICKETS);
    this.stride.join(list);
  }

  /**
   * A list that has run dry leaves only when its turn comes or when time is charged. And where all that are ready stand
   * in one list, it need not be searched for. Two fibers that play ping-pong would otherwise join and leave at every
   * switch, a tenth of it.
   */
  take(): ReadyList | null {
    const { stride, latest } = this;
    if (latest !== null && latest.size > 0 && latest.size === this.ready && latest.guard === null) return latest;
    for (let list = stride.next(); list !== null; list = stride.next()) {
      if (list.size === 0) stride.leave(list);
      else if (list.guard === null || mayRun(list)) return list;
      else this.hold(list);
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

  setTickets(list: StrideList, tickets: number): void {
    if (Math.abs(tickets - list.tickets) > 0.01 * tickets) this.stride.modify(list, tickets);
  }

  /** Something was given back: who was held back is asked again. */
  releaseHeld(): void {
    if (this.held.length === 0) return;
    for (const list of this.held.splice(0)) this.release(list, true);
    this.onReleased();
  }

  /** Lets one fiber of a held list run although it does not fit: nothing else could ever make room. */
  pardon(list: StrideList): void {
    this.held.splice(this.held.indexOf(list), 1);
    list.pardoned = true;
    this.release(list, true);
    this.onReleased();
  }

  /** Whoever is urgent by now is not held back, nor who was cancelled: it has only to clean up. */
  releaseUrgent(): void {
    for (const list of this.held.filter((held) => held.advance((fiber) => isUrgent(held, fiber)))) {
      this.held.splice(this.held.indexOf(list), 1);
      this.release(list, true);
      this.onReleased();
    }
  }

  get heldLists(): readonly StrideList[] {
    return this.held;
  }

  /** Fibers that are kept from running. */
  get heldFibers(): number {
    return this.held.reduce((sum, list) => sum + list.size, 0);
  }

  private hold(list: StrideList): void {
    this.stride.leave(list);
    list.held = true;
    this.ready -= list.size;
    this.held.push(list);
  }

  private release(list: StrideList, wasHeld: boolean): void {
    list.held = false;
    if (wasHeld) this.ready += list.size;
    if (list.size > 0 && list.heapIndex < 0) this.stride.join(list);
  }

  /**
   * Who is urgent goes first, and at once. So does who was cancelled: the next thing it does is to give back what it has,
   * before those behind it take more. True if there is nothing more to do.
   */
  private pushGuarded(list: StrideList, fiber: Fiber): boolean {
    const { held } = list;
    if (!isUrgent(list, fiber)) {
      if (held) list.push(fiber);
      return held;
    }
    list.unshift(fiber);
    if (!held) this.ready++;
    else this.held.splice(this.held.indexOf(list), 1);
    this.release(list, held);
    return true;
  }
}

function mayRun(list: StrideList): boolean {
  if (list.pardoned) {
    list.pardoned = false;
    return true;
  }
  const first = list.first!;
  return isUrgent(list, first) || list.guard!(first);
}

/** Who holds a lock is, whatever the list says: others wait for it. */
function isUrgent(list: StrideList, fiber: Fiber): boolean {
  return fiber.permits > 0 || isCancelled(fiber) || list.isUrgent?.(fiber) === true;
}

function isCancelled(fiber: Fiber): boolean {
  return fiber.interruption !== null;
}

/** Of a node until it is steered by resources, whose tickets are relative to these: the same for all. */
const EQUAL_TICKETS = 100;

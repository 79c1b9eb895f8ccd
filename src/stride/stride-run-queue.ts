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
  /** Time its fibers ran that it has yet to be charged for, in ms. */
  owedMs: number = FRACTION;
  /** Whether a fiber may run from here now; null if none has to ask. */
  guard: ((fiber: Fiber) => boolean) | null = null;
  /** Whether a fiber goes first without asking the guard: what it does makes room, or others wait for it. */
  isUrgent: ((fiber: Fiber) => boolean) | null = null;
  /** Its fibers are held back until something changes. */
  held: boolean = false;
  /** Its first fiber may run without asking the guard. */
  pardoned: boolean = false;
}

/**
 * One ready list for each node of the blocking graph, shared out by stride scheduling: the list with the smallest
 * pass runs a batch, first in, first out, and is charged for its time. So the first steps of new fibers, which take
 * microseconds, do not queue behind the long last steps of old ones.
 *
 * A list whose guard says no is held back as a whole, so that nothing hides behind its first fiber, and asked again when
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
   * A list that has run empty leaves only when its turn comes or when time is charged. And if all ready fibers are in the list
   * last pushed to, that list is taken without a search. Otherwise two fibers that play ping-pong would join and leave at every
   * switch, which would cost a tenth of it.
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

  /**
   * What is far above the usual is charged in small parts with the runs that follow. A collection of garbage takes 16 ms and falls
   * into anybody's run: charged at once, it kept requests of 0.3 ms waiting until each other list had had as much.
   */
  charge(list: ReadyList, ms: number, usualMs: number): void {
    const { stride } = this;
    const client = list as StrideList;
    const mostMs = client.runs < KNOWN ? ms : Math.min(ms, SURPRISE * usualMs);
    const chargedMs = mostMs + client.owedMs * REPAID;
    client.owedMs += ms - chargedMs;
    // The first list's pass becomes the global pass, so it must have something to run.
    for (let first = stride.next(); first !== null && first.size === 0; first = stride.next()) stride.leave(first);
    stride.charge(client, chargedMs);
  }

  setTickets(list: StrideList, tickets: number): void {
    if (Math.abs(tickets - list.tickets) > 0.01 * tickets) this.stride.modify(list, tickets);
  }

  /** Something was given back: lists that were held back are asked again. */
  releaseHeld(): void {
    if (this.held.length === 0) return;
    for (const list of this.held.splice(0)) this.release(list);
    this.onReleased();
  }

  /** Lets one fiber of a held list run although what it needs does not fit: nothing else could ever make room. */
  pardon(list: StrideList): void {
    this.held.splice(this.held.indexOf(list), 1);
    list.pardoned = true;
    this.release(list);
    this.onReleased();
  }

  /** Releases lists with fibers that have become urgent, or were cancelled and have only to clean up. */
  releaseUrgent(): void {
    for (const list of this.held.filter((held) => held.advance((fiber) => isUrgent(held, fiber)))) {
      this.held.splice(this.held.indexOf(list), 1);
      this.release(list);
      this.onReleased();
    }
  }

  get heldLists(): readonly StrideList[] {
    return this.held;
  }

  /** How many fibers are held back. */
  get heldFibers(): number {
    return this.held.reduce((sum, list) => sum + list.size, 0);
  }

  private hold(list: StrideList): void {
    this.stride.leave(list);
    list.held = true;
    this.ready -= list.size;
    this.held.push(list);
  }

  private release(list: StrideList): void {
    if (list.held) this.ready += list.size;
    list.held = false;
    if (list.size > 0 && list.heapIndex < 0) this.stride.join(list);
  }

  /**
   * An urgent fiber goes first, and at once. So does a cancelled one: the next thing it does is to give back what it has, before
   * those behind it take more. True if there is nothing more to do. The newest is before older ones, so that one comes to its end
   * before others grow: with the oldest first, a simulated server ran out of memory. One that gives way keeps the older waiting.
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
    this.release(list);
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

/** A fiber that holds a lock is urgent, whatever the list says: others wait for it. */
function isUrgent(list: StrideList, fiber: Fiber): boolean {
  return fiber.permits > 0 || isCancelled(fiber) || list.isUrgent?.(fiber) === true;
}

function isCancelled(fiber: Fiber): boolean {
  return fiber.interruption !== null;
}

/** Runs after which it is known what is usual. */
const KNOWN = 64;
/** In usual runs: what a run takes above this is charged later. */
const SURPRISE = 4;
/** Of what a list owes, with each charge. */
const REPAID = 1 / 32;
/** The tickets of a node until it is steered by resources; those are relative to this. */
const EQUAL_TICKETS = 100;

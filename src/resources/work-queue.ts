import { Deque } from '../base/deque.js';
import type { Work } from '../fibers/governor.js';
import type { Kind } from './kind.js';

/**
 * Work that waits to be let in. As long as the queue was empty a short time ago, the oldest comes first; in a queue that does
 * not drain the newest does, since the oldest has used up its time ("adaptive LIFO").
 *
 * Each kind has a line of its own: whether work may be let in depends on its kind, and in overload, when hundreds wait, that is
 * asked after every request. Work that has left stays in its line until it is passed over.
 */
export class WorkQueue {
  /** Work that waits. */
  size: number = 0;
  /** When it was last empty, in ms of the loop's clock. */
  private emptyAt: number = -Infinity;
  /** For how long there was work that waited, before that. */
  private waitedMs: number = 0;
  private readonly lines: Map<Kind, Line> = new Map();
  private readonly lifo: boolean;

  constructor(lifo: boolean) {
    this.lifo = lifo;
  }

  push(work: Work, kind: Kind, now: number): void {
    if (this.size === 0) this.emptyAt = now;
    work.waits = true;
    let line = this.lines.get(kind);
    if (line === undefined) this.lines.set(kind, (line = new Line(kind)));
    line.works.pushBack(work);
    line.size++;
    this.size++;
  }

  /** Takes out work, wherever it stands. */
  remove(work: Work, kind: Kind, now: number): void {
    work.waits = false;
    if (this.size === 1) this.waitedMs += this.standingMs(now);
    this.size--;
    const line = this.lines.get(kind)!;
    if (--line.size === 0) line.works.clear();
  }

  /** For how long, in ms, work of `kind` has been waiting; 0 if none is. */
  longestMs(kind: Kind, now: number): number {
    const line = this.lines.get(kind);
    const first = line === undefined ? null : line.first();
    return first === null ? 0 : now - first.since;
  }

  /** For how long it has not been empty, in ms. */
  standingMs(now: number): number {
    return this.size === 0 ? 0 : now - this.emptyAt;
  }

  /** For how long in all, since the beginning, it has not been empty, in ms. */
  allStandingMs(now: number): number {
    return this.waitedMs + this.standingMs(now);
  }

  /** What `amount` says of the kind of each. */
  sum(amount: (kind: Kind) => number): number {
    let sum = 0;
    for (const { kind, size } of this.lines.values()) if (size > 0) sum += size * amount(kind);
    return sum;
  }

  /** Hands all work that `isTooOld`, of each kind the oldest first, to `drop`, which has to `remove` it. */
  expire(isTooOld: (work: Work, kind: Kind) => boolean, drop: (work: Work, kind: Kind) => void): void {
    for (const line of this.lines.values())
      for (let work = line.first(); work !== null && isTooOld(work, line.kind); work = line.first())
        drop(work, line.kind);
  }

  /** The one that has waited longest. */
  oldest(): Work | null {
    let oldest: Work | null = null;
    for (const line of this.lines.values()) {
      const first = line.first();
      if (first !== null && (oldest === null || first.since < oldest.since)) oldest = first;
    }
    return oldest;
  }

  /**
   * Hands all work whose kind `fits` to `take`, in order, which has to `remove` it. A kind that did not fit is not asked about
   * again: letting in other work makes no room.
   *
   * @param isBounded even the oldest will be answered in time, so none may be overtaken.
   */
  drain(now: number, isBounded: boolean, fits: (kind: Kind) => boolean, take: (work: Work) => void): void {
    const newestFirst = this.lifo && !isBounded && this.standingMs(now) > SETTLED_MS;
    for (const line of this.lines.values()) line.isShut = false;
    for (let n = 0; n < MOST_AT_ONCE && this.size > 0; n++) {
      const work = this.pick(newestFirst, fits);
      if (work === null) return;
      take(work);
    }
  }

  *[Symbol.iterator](): Generator<Work, void, void> {
    for (const { works } of this.lines.values()) for (const work of works) if (work.waits) yield work;
  }

  private pick(newestFirst: boolean, fits: (kind: Kind) => boolean): Work | null {
    for (;;) {
      let next: Work | null = null;
      let from: Line | null = null;
      for (const line of this.lines.values()) {
        if (line.isShut) continue;
        const work = newestFirst ? line.last() : line.first();
        if (work === null) continue;
        if (next !== null && (newestFirst ? work.since < next.since : work.since >= next.since)) continue;
        next = work;
        from = line;
      }
      if (from === null || fits(from.kind)) return next;
      from.isShut = true;
    }
  }
}

/** Waiting work of one kind, in the order in which it came. */
class Line {
  readonly kind: Kind;
  readonly works: Deque<Work> = new Deque();
  /** How many of `works` still wait. */
  size: number = 0;
  /** None of it may be let in now. */
  isShut: boolean = false;

  constructor(kind: Kind) {
    this.kind = kind;
  }

  first(): Work | null {
    const { works } = this;
    for (let work = works.get(0); work !== undefined; work = works.get(0)) {
      if (work.waits) return work;
      works.popFront();
    }
    return null;
  }

  last(): Work | null {
    const { works } = this;
    for (let work = works.get(works.size - 1); work !== undefined; work = works.get(works.size - 1)) {
      if (work.waits) return work;
      works.popBack();
    }
    return null;
  }
}

/** A queue that has stood for so long is no burst. */
const SETTLED_MS = 100;
/** The most that one `drain` hands over: the rest has its turn after the next pass. */
const MOST_AT_ONCE = 1000;

import { Deque } from '../base/deque.js';
import type { Work } from '../fibers/governor.js';

/**
 * Work that waits to be let in. While the queue has been empty lately the oldest comes first; in a queue that does not
 * drain the newest does, since the oldest has used up its time ("adaptive LIFO"). Work that has left stays in its place
 * until that is passed over.
 */
export class WorkQueue {
  /** Work that waits. */
  size: number = 0;
  /** When it last was empty, in ms. */
  private emptyAt: number = -Infinity;
  private readonly items: Deque<Work> = new Deque();
  private readonly lifo: boolean;

  constructor(lifo: boolean) {
    this.lifo = lifo;
  }

  push(work: Work, now: number): void {
    if (this.size === 0) this.emptyAt = now;
    work.waits = true;
    this.items.pushBack(work);
    this.size++;
  }

  /** It leaves the queue, from wherever it stands. */
  remove(work: Work): void {
    work.waits = false;
    this.size--;
    if (this.size === 0) this.items.clear();
  }

  /** How long it has not been empty, in ms. */
  standingMs(now: number): number {
    return this.size === 0 ? 0 : now - this.emptyAt;
  }

  /** The one that has waited longest. */
  oldest(): Work | null {
    const { items } = this;
    for (let first = items.get(0); first !== undefined; first = items.get(0)) {
      if (first.waits) return first;
      items.popFront();
    }
    return null;
  }

  /** The first in order for which `fits`; looks at no more than some hundreds. */
  pick(now: number, fits: (work: Work) => boolean): Work | null {
    const { items } = this;
    if (this.lifo && this.standingMs(now) > SETTLED_MS) {
      while (items.size > 0 && !items.get(items.size - 1)!.waits) items.popBack();
      const end = Math.max(0, items.size - MOST_LOOKS);
      for (let i = items.size - 1; i >= end; i--) if (items.get(i)!.waits && fits(items.get(i)!)) return items.get(i)!;
      return null;
    }
    if (this.oldest() === null) return null;
    const end = Math.min(items.size, MOST_LOOKS);
    for (let i = 0; i < end; i++) if (items.get(i)!.waits && fits(items.get(i)!)) return items.get(i)!;
    return null;
  }

  *[Symbol.iterator](): Generator<Work, void, void> {
    for (const work of this.items) if (work.waits) yield work;
  }
}

/** A queue that stood for so long is no burst. */
const SETTLED_MS = 100;
const MOST_LOOKS = 256;

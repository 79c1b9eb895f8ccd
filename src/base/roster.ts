/** What can stand on a `Roster`: it knows its place there, -1 outside. */
export interface Enrolled {
  slot: number;
}

/**
 * Those that are here now, in no order; to come and to go takes an assignment or two. No `Set` or `Map`: for their iterators
 * V8 links each table that they have outgrown to the next one, deleted entries outgrow one soon, and with the first of
 * them in the old generation every scavenge keeps all after it, and what was here then.
 */
export class Roster<T extends Enrolled> {
  private readonly all: T[] = [];

  get size(): number {
    return this.all.length;
  }

  /** `one` must not be here yet. */
  add(one: T): void {
    one.slot = this.all.length;
    this.all.push(one);
  }

  /** Whether it was here. The last one takes its place. */
  delete(one: T): boolean {
    const { slot } = one;
    if (slot < 0) return false;
    const last = this.all.pop()!;
    if (last !== one) {
      last.slot = slot;
      this.all[slot] = last;
    }
    one.slot = -1;
    return true;
  }

  [Symbol.iterator](): IterableIterator<T> {
    return this.all[Symbol.iterator]();
  }
}

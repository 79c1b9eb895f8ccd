/** What can be on a `Roster`: it knows its place there, -1 outside. */
export interface Enrolled {
  slot: number;
}

/**
 * A set without order, in which adding and deleting take an assignment or two. Not a `Set` or `Map`: for the sake of their
 * iterators V8 links each table that they have outgrown to the next one, deleted entries make them outgrow one soon, and once
 * the first is in the old generation, every scavenge keeps all later ones, and what was in them then.
 */
export class Roster<T extends Enrolled> {
  private readonly all: T[] = [];

  get size(): number {
    return this.all.length;
  }

  /** `one` must not be in it yet. */
  add(one: T): void {
    one.slot = this.all.length;
    this.all.push(one);
  }

  /** Whether it was in it. The last one takes its place. */
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

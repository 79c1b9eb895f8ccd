import type { Suspension } from './suspension.js';

/**
 * Suspensions that wait for the same thing, first in, first out: the shared wait queue of channels, semaphores,
 * events and joins. Doubly linked through the suspensions themselves, so that waiting allocates nothing and giving
 * up in the middle is O(1).
 */
export class WaitList {
  private head: Suspension | null = null;
  private tail: Suspension | null = null;
  size: number = 0;

  push(suspension: Suspension): void {
    suspension.previous = this.tail;
    if (this.tail === null) this.head = suspension;
    else this.tail.following = suspension;
    this.tail = suspension;
    this.size++;
  }

  peek(): Suspension | null {
    return this.head;
  }

  shift(): Suspension | null {
    const first = this.head;
    if (first !== null) this.remove(first);
    return first;
  }

  /** Takes all of them out and completes them with `value`. */
  completeAll(value: unknown): void {
    for (let first = this.shift(); first !== null; first = this.shift()) first.complete(value);
  }

  /** Takes all of them out and fails each with what `failure` makes. */
  failAll(failure: () => unknown): void {
    for (let first = this.shift(); first !== null; first = this.shift()) first.fail(failure());
  }

  /** Takes out one that is in this list. */
  remove(suspension: Suspension): void {
    if (suspension.previous === null) this.head = suspension.following;
    else suspension.previous.following = suspension.following;
    if (suspension.following === null) this.tail = suspension.previous;
    else suspension.following.previous = suspension.previous;
    suspension.previous = suspension.following = null;
    this.size--;
  }

  /** In order. The current one may be removed meanwhile; others may not. */
  *[Symbol.iterator](): Generator<Suspension, void, void> {
    let next: Suspension | null = null;
    for (let suspension = this.head; suspension !== null; suspension = next) {
      next = suspension.following;
      yield suspension;
    }
  }
}

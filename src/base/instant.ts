/**
 * A time at which timers are due, and those timers in the order in which they were set. The links are in the timers, so that
 * adding and removing one allocates nothing and is O(1).
 */
export class Instant<T extends Timer<T>> {
  /** Its place in the heap of instants; -1 while nothing is due. */
  timerIndex: number = -1;
  first: T | null = null;
  private last: T | null = null;

  push(timer: T): void {
    const { last } = this;
    timer.instant = this;
    timer.previous = last;
    if (last === null) this.first = timer;
    else last.following = timer;
    this.last = timer;
  }

  /** Takes out one that is due at this instant. */
  remove(timer: T): void {
    const { previous, following } = timer;
    if (previous === null) this.first = following;
    else previous.following = following;
    if (following === null) this.last = previous;
    else following.previous = previous;
    timer.instant = timer.previous = timer.following = null;
  }
}

/** What can be due: it holds the links. */
export interface Timer<T extends Timer<T>> {
  /** Null while it is not set. */
  instant: Instant<T> | null;
  previous: T | null;
  following: T | null;
}

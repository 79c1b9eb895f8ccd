import { InternalError } from './errors.js';

/**
 * Items ordered by when they are due, for `Timers`; those due at the same time leave in the order in which they came.
 *
 * A 4-ary min-heap: half as deep as a binary one, and the four times to compare on the way down are neighbours in
 * memory. Times and sequence numbers are in typed arrays beside the items, so that sifting reads no item: among a million that
 * would miss the cache at every step. Each item keeps its place in `timerIndex` (-1 when it is in no heap), so that removal,
 * which is how most timeouts end, is O(log n) and allocates nothing.
 *
 * Rejected: a hierarchical timer wheel. It is O(1), but it rounds times up to its tick, loses the order within one,
 * and finds the next due time only by scanning; here that is one read.
 */
export class TimerHeap<T extends { timerIndex: number }> {
  private readonly items: T[] = [];
  private times: Float64Array = new Float64Array(LEAST_CAPACITY);
  private orders: Float64Array = new Float64Array(LEAST_CAPACITY);
  private order: number = 0;

  /** When the first item is due, in ms of whatever clock the times come from; Infinity when there is none. */
  get nextAt(): number {
    return this.items.length === 0 ? Infinity : this.times[0]!;
  }

  /** The item that is due first, left where it is; undefined when there is none. */
  peek(): T | undefined {
    return this.items[0];
  }

  /** When an item of this heap is due. */
  timeOf(item: T): number {
    return this.times[item.timerIndex]!;
  }

  /** Adds an item that is in no heap, due at the absolute time `at`. */
  push(item: T, at: number): void {
    if (item.timerIndex !== -1) throw new InternalError('timer heap: the item is in a heap already');
    if (Number.isNaN(at)) throw new InternalError('timer heap: the time is not a number');
    const index = this.items.length;
    if (index === this.times.length) this.resize(index * 2);
    this.items.push(item);
    this.siftUp(index, item, at, this.order++);
  }

  /** Takes out an item, wherever it is; false when it is not in this heap. */
  remove(item: T): boolean {
    const index = item.timerIndex;
    if (index === -1 || this.items[index] !== item) return false;
    this.removeAt(index);
    return true;
  }

  /** Throws unless the invariants above hold. O(n), for tests. */
  validate(): void {
    const { items } = this;
    const capacity = this.times.length;
    if (items.length > capacity) throw new InternalError('timer heap: more items than times');
    if (capacity > LEAST_CAPACITY && items.length * SPARSE < capacity) throw new InternalError('timer heap: too large');
    for (let i = 0; i < items.length; i++) {
      if (items[i]!.timerIndex !== i) throw new InternalError('timer heap: an item does not know its place');
      if (i > 0 && this.isEarlier(i, (i - 1) >> 2)) throw new InternalError('timer heap: out of order');
    }
  }

  /** The last item takes the free place, then rises or sinks to where it belongs. */
  private removeAt(index: number): void {
    this.items[index]!.timerIndex = -1;
    const last = this.items.pop()!;
    const size = this.items.length;
    if (index < size) {
      const at = this.times[size]!;
      const order = this.orders[size]!;
      if (index > 0 && !this.isBefore((index - 1) >> 2, at, order)) this.siftUp(index, last, at, order);
      else this.siftDown(index, last, at, order);
    }
    if (size * SPARSE < this.times.length && this.times.length > LEAST_CAPACITY) this.resize(this.times.length / 2);
  }

  /** Moves parents down until `item` fits into the hole at `index`. */
  private siftUp(index: number, item: T, at: number, order: number): void {
    let hole = index;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (this.isBefore(parent, at, order)) break;
      this.move(parent, hole);
      hole = parent;
    }
    this.put(hole, item, at, order);
  }

  /** Moves the earliest children up until `item` fits into the hole at `index`. */
  private siftDown(index: number, item: T, at: number, order: number): void {
    const size = this.items.length;
    let hole = index;
    while (hole * 4 + 1 < size) {
      const child = this.earliestChild(hole * 4 + 1, size);
      if (!this.isBefore(child, at, order)) break;
      this.move(child, hole);
      hole = child;
    }
    this.put(hole, item, at, order);
  }

  /**
   * Which of up to four siblings from `first` on is due first. Four are matched in pairs, and outcomes are added as
   * numbers instead of branched on, since no processor can predict them: a pop takes a quarter less.
   */
  private earliestChild(first: number, size: number): number {
    if (first + 3 < size) {
      const one = first + Number(this.isEarlier(first + 1, first));
      const other = first + 2 + Number(this.isEarlier(first + 3, first + 2));
      return this.isEarlier(other, one) ? other : one;
    }
    let child = first;
    for (let i = first + 1; i < size; i++) if (this.isEarlier(i, child)) child = i;
    return child;
  }

  private isEarlier(index: number, other: number): boolean {
    return this.isBefore(index, this.times[other]!, this.orders[other]!);
  }

  private isBefore(index: number, at: number, order: number): boolean {
    const time = this.times[index]!;
    return time === at ? this.orders[index]! < order : time < at;
  }

  private move(from: number, to: number): void {
    this.put(to, this.items[from]!, this.times[from]!, this.orders[from]!);
  }

  private put(index: number, item: T, at: number, order: number): void {
    this.items[index] = item;
    this.times[index] = at;
    this.orders[index] = order;
    item.timerIndex = index;
  }

  private resize(capacity: number): void {
    const size = this.items.length;
    const times = new Float64Array(capacity);
    const orders = new Float64Array(capacity);
    times.set(this.times.subarray(0, size));
    orders.set(this.orders.subarray(0, size));
    this.times = times;
    this.orders = orders;
  }
}

const LEAST_CAPACITY = 16;
/** The typed arrays are halved when fewer than one place in so many is taken. */
const SPARSE = 8;

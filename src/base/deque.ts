import { InternalError } from './errors.js';

/**
 * A double-ended queue in a ring buffer: every operation is O(1), amortised where the buffer is replaced.
 *
 *     items  [ e f . . . . a b c d ]      head = 6, size = 6; slots outside hold undefined
 *
 * The capacity is zero or a power of two, so wrapping is one `&`. It doubles when full and halves when seven eighths
 * stand empty: a burst pins no memory, and a queue that hovers around one length is never copied to and fro. A slot
 * is cleared as its element leaves, so that the deque keeps nothing alive. Without elements it holds no buffer at all
 * until the first push, since most queues of a server are empty.
 */
export class Deque<T> {
  private items: (T | undefined)[] = [];
  private head: number = 0;
  private count: number = 0;
  private readonly least: number;

  /** `keep`: room for so many is allocated with the first element and not given back, for a queue often filled and emptied. */
  constructor(keep: number = 0) {
    this.least = Math.max(LEAST_CAPACITY, 2 ** Math.ceil(Math.log2(keep)));
  }

  get size(): number {
    return this.count;
  }

  pushBack(item: T): void {
    if (this.count === this.items.length) this.resize(this.count * 2 || this.least);
    this.items[(this.head + this.count) & (this.items.length - 1)] = item;
    this.count++;
  }

  /** Takes the first element out; undefined when there is none. */
  popFront(): T | undefined {
    if (this.count === 0) return undefined;
    const item = this.items[this.head];
    this.items[this.head] = undefined;
    this.head = (this.head + 1) & (this.items.length - 1);
    this.count--;
    this.shrink();
    return item;
  }

  /** Takes the last element out; undefined when there is none. */
  popBack(): T | undefined {
    if (this.count === 0) return undefined;
    this.count--;
    const last = (this.head + this.count) & (this.items.length - 1);
    const item = this.items[last];
    this.items[last] = undefined;
    this.shrink();
    return item;
  }

  /** The element at `index` from the front; undefined outside 0..size - 1. */
  get(index: number): T | undefined {
    if (!(index >= 0 && index < this.count)) return undefined;
    return this.items[(this.head + index) & (this.items.length - 1)];
  }

  clear(): void {
    this.items = [];
    this.head = 0;
    this.count = 0;
  }

  /** From front to back. Changes during an iteration have undefined effects on it. */
  *[Symbol.iterator](): Generator<T, void, void> {
    for (let i = 0; i < this.count; i++) yield this.get(i) as T;
  }

  /** Throws unless the invariants above hold. O(capacity), for tests. */
  validate(): void {
    const { items, head, count } = this;
    const capacity = items.length;
    if ((capacity & (capacity - 1)) !== 0) throw new InternalError(`deque: capacity ${capacity} is no power of two`);
    if (count > capacity || (capacity > 0 && head >= capacity)) throw new InternalError('deque: outside its buffer');
    if (capacity > this.least && count * SPARSE < capacity) throw new InternalError('deque: too large a buffer');
    for (let i = count; i < capacity; i++) {
      if (items[(head + i) & (capacity - 1)] !== undefined) throw new InternalError('deque: a free slot is not clear');
    }
  }

  private shrink(): void {
    const capacity = this.items.length;
    if (this.count * SPARSE < capacity && capacity > this.least) this.resize(capacity / 2);
  }

  private resize(capacity: number): void {
    const { items, head, count } = this;
    const resized: (T | undefined)[] = [];
    resized.length = capacity;
    for (let i = 0; i < count; i++) resized[i] = items[(head + i) & (items.length - 1)];
    this.items = resized;
    this.head = 0;
  }
}

const LEAST_CAPACITY = 8;
/** The buffer is halved when fewer than one slot in so many is used. */
const SPARSE = 8;

import { isMainThread, workerData } from 'node:worker_threads';
import { randomWork } from './random-work.js';
import type { Count } from './worker-count.js';

/** What a producer or a consumer is given. `memory` is the shared buffer's. */
export interface BufferRole {
  readonly role: 'produce' | 'consume';
  readonly memory: Int32Array;
  /** A consumer's, for its work. */
  readonly seed?: number;
}

/** Words of the shared memory: a lock, two condition variables, how many items were sent and received, the items. */
const LOCK = 0;
const HAS_ROOM = 1;
const HAS_ITEMS = 2;
const SENT = 3;
const RECEIVED = 4;
const ITEMS = 5;

export const sharedBuffer = (capacity: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer((ITEMS + capacity) * Int32Array.BYTES_PER_ELEMENT));

/**
 * A bounded buffer for threads, with a lock that sleeps in the kernel: 0 is free, 1
 * held, 2 held and wanted (Drepper, "Futexes Are Tricky").
 */
class SharedBuffer {
  private readonly memory: Int32Array;
  private readonly capacity: number;

  constructor(memory: Int32Array) {
    this.memory = memory;
    this.capacity = memory.length - ITEMS;
  }

  send(item: number): void {
    const { memory, capacity } = this;
    this.lock();
    while (this.size === capacity) this.wait(HAS_ROOM);
    memory[ITEMS + (memory[SENT]! % capacity)] = item;
    memory[SENT]!++;
    this.signal(HAS_ITEMS);
    this.unlock();
  }

  receive(): number {
    const { memory, capacity } = this;
    this.lock();
    while (this.size === 0) this.wait(HAS_ITEMS);
    const item = memory[ITEMS + (memory[RECEIVED]! % capacity)]!;
    memory[RECEIVED]!++;
    this.signal(HAS_ROOM);
    this.unlock();
    return item;
  }

  private get size(): number {
    return this.memory[SENT]! - this.memory[RECEIVED]!;
  }

  private lock(): void {
    const { memory } = this;
    if (Atomics.compareExchange(memory, LOCK, 0, 1) === 0) return;
    while (Atomics.exchange(memory, LOCK, 2) !== 0) Atomics.wait(memory, LOCK, 2);
  }

  private unlock(): void {
    const { memory } = this;
    if (Atomics.exchange(memory, LOCK, 0) === 2) Atomics.notify(memory, LOCK, 1);
  }

  private wait(condition: number): void {
    const { memory } = this;
    const seen = Atomics.load(memory, condition);
    this.unlock();
    Atomics.wait(memory, condition, seen);
    this.lock();
  }

  private signal(condition: number): void {
    Atomics.add(this.memory, condition, 1);
    Atomics.notify(this.memory, condition, 1);
  }
}

/** Until it is terminated. */
function work({ role, memory, count, seed = 1 }: BufferRole & { readonly count: Count }): never {
  const buffer = new SharedBuffer(memory);
  let state = seed;
  for (;;) {
    if (role === 'produce') buffer.send(1);
    else {
      buffer.receive();
      state = randomWork(state);
      Atomics.add(count, 0, 1);
    }
  }
}

if (!isMainThread) work(workerData as BufferRole & { readonly count: Count });

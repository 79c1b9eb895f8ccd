import { totalmem } from 'node:os';
import { GCProfiler, getHeapStatistics } from 'node:v8';
import type { Heap } from './machine.js';

/**
 * How much V8 has allocated, without native code: between collections used memory only grows, and a `GCProfiler` tells
 * what was used before and after each. The difference of two readings of used memory alone would be wrong for just
 * those that allocate much, since in their runs there is always a collection.
 */
export class SystemHeap implements Heap {
  readonly limit: number = getHeapStatistics().heap_size_limit;
  readonly externalLimit: number = EXTERNAL_SHARE * Math.min(process.constrainedMemory() || Infinity, totalmem());
  allocated: number = 0;
  externalAllocated: number = 0;
  externalUsed: number = 0;
  majors: number = 0;
  liveAfterMajor: number = 0;
  #profiler: GCProfiler | null = null;
  /** Used memory up to which allocation has been counted. */
  #heapMark: number = 0;
  #externalMark: number = 0;

  /** Begins to count; it costs nothing but a record for each collection, and `read`. */
  start(): void {
    if (this.#profiler !== null) return;
    this.#profiler = new GCProfiler();
    this.#profiler.start();
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    this.#heapMark = used;
    this.#externalMark = this.externalUsed = external;
    this.liveAfterMajor ||= used;
  }

  stop(): void {
    this.#profiler?.stop();
    this.#profiler = null;
  }

  read(): void {
    if (this.#profiler === null) return;
    const { statistics } = this.#profiler.stop();
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    this.#profiler.start();
    for (const { gcType, beforeGC, afterGC } of statistics) {
      const before = beforeGC.heapStatistics;
      const after = afterGC.heapStatistics;
      this.#count(before.usedHeapSize, before.externalMemory);
      this.#heapMark = after.usedHeapSize;
      this.#externalMark = after.externalMemory;
      if (gcType !== MAJOR) continue;
      this.majors++;
      this.liveAfterMajor = after.usedHeapSize;
    }
    this.#count(used, external);
    this.#heapMark = used;
    this.#externalMark = this.externalUsed = external;
  }

  /** External memory also shrinks between collections, where a buffer is detached: that was not allocated. */
  #count(used: number, external: number): void {
    this.allocated += Math.max(0, used - this.#heapMark);
    this.externalAllocated += Math.max(0, external - this.#externalMark);
  }
}

const MAJOR = 'MarkSweepCompact';
/** Of the machine's memory: the rest is for V8's heap, for other processes, and for the system's buffers. */
const EXTERNAL_SHARE = 0.5;

import { totalmem } from 'node:os';
import { GCProfiler, getHeapSpaceStatistics, getHeapStatistics } from 'node:v8';
import type { Heap } from './machine.js';
import { setV8Flag } from './v8-flag.js';
import { growYoungGeneration } from './young-generation.js';

/**
 * V8's heap, without native code.
 *
 * What a run allocates is known from a `GCProfiler`: between collections used memory only grows, and the profiler tells what was
 * used before and after each. Two readings of used memory alone would be wrong exactly for the runs that allocate much, since a
 * collection always falls into them. The profiler is on in measured runs only: it writes some kilobytes of JSON for each
 * collection, a millisecond in a busy server, which made every request a third more expensive.
 *
 * Major collections are noticed by means of a symbol that nobody holds: V8 makes symbols in the old generation, which minor
 * collections leave alone. (Not an object: since Node 26 minor collections collect those. Not a performance observer: it would
 * be called for every collection.)
 */
export class SystemHeap implements Heap {
  readonly limit: number = getHeapStatistics().heap_size_limit;
  externalLimit: number = Infinity;
  allocated: number = 0;
  externalAllocated: number = 0;
  majors: number = 0;
  liveAfterMajor: number = 0;
  #collections: FinalizationRegistry<null> | null = null;
  #profiler: GCProfiler | null = null;
  /** Used memory up to which allocation has been counted. */
  #heapMark: number = 0;
  #externalMark: number = 0;
  #looks: number = 0;
  readonly #constrainedMemory: () => number;

  /** @param constrainedMemory the container's limit in bytes; it may change while the process runs. */
  constructor(constrainedMemory: () => number = () => process.constrainedMemory()) {
    this.#constrainedMemory = constrainedMemory;
    this.look();
  }

  start(): void {
    if (this.#collections !== null) return;
    const registry = (this.#collections = new FinalizationRegistry<null>(() => this.#collected(registry)));
    registry.register(Symbol(), null);
    this.liveAfterMajor ||= getHeapStatistics().used_heap_size;
    this.look();
  }

  stop(): void {
    this.#collections = null;
  }

  look(): void {
    // The limit is read from files, which takes a tenth of a millisecond.
    if (this.#looks++ % LIMIT_LOOKS === 0)
      this.externalLimit = EXTERNAL_SHARE * Math.min(this.#constrainedMemory() || Infinity, totalmem());
  }

  beginRun(): void {
    this.allocated = this.externalAllocated = 0;
    this.#profiler ??= new GCProfiler();
    this.#profiler.start();
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    this.#heapMark = used;
    this.#externalMark = external;
  }

  endRun(): number {
    if (this.#profiler === null) return 0;
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    const { statistics } = this.#profiler.stop();
    this.#profiler = null;
    for (const { beforeGC, afterGC } of statistics) {
      const { heapStatistics: before } = beforeGC;
      const { heapStatistics: after } = afterGC;
      this.#count(before.usedHeapSize, before.externalMemory);
      this.#heapMark = after.usedHeapSize;
      this.#externalMark = after.externalMemory;
    }
    this.#count(used, external);
    return statistics.length;
  }

  /**
   * Below a limit of 2 GiB V8 lets the heap grow to at most between 1.3 and 2 times what a major collection has left
   * (`MemoryController::MaxGrowingFactor`), above it up to 4 times; and never by more than half of the way to the limit. This
   * makes it the same below as above, from the next major collection on. The flags apply to the whole process, and V8's code
   * caches are made for one set of flags: what is loaded from now on is compiled anew, some ms for a module of Node.
   */
  expand(): void {
    if (this.limit >= ROOMY_LIMIT) return;
    setV8Flag('heap-growing-percent', GROWTH_PERCENT);
    if (this.limit >= YOUNG_LIMIT) growYoungGeneration(YOUNG_SHARE * this.limit);
  }

  /** External memory also shrinks between collections, where a buffer is detached: that was not allocated. */
  #count(used: number, external: number): void {
    this.allocated += Math.max(0, used - this.#heapMark);
    this.externalAllocated += Math.max(0, external - this.#externalMark);
  }

  /** There was a major collection, at most one turn of the event loop ago. */
  #collected(registry: FinalizationRegistry<null>): void {
    if (this.#collections !== registry) return;
    registry.register(Symbol(), null);
    this.majors++;
    // It has emptied the young generation: what is there now is new.
    this.liveAfterMajor = 0;
    for (const { space_name: name, space_used_size: used } of getHeapSpaceStatistics())
      if (!YOUNG.has(name)) this.liveAfterMajor += used;
  }
}

const YOUNG: ReadonlySet<string> = new Set(['new_space', 'new_large_object_space']);
/** Of the machine's memory: the rest is for V8's heap, for other processes, and for the system's buffers. */
const EXTERNAL_SHARE = 0.5;
/** One look in so many reads the limit: once a second. */
const LIMIT_LOOKS = 10;
/** From this limit on V8 does by itself what `expand` asks for. */
const ROOMY_LIMIT = 2 ** 31;
const GROWTH_PERCENT = 300;
/** Below this limit, up to 200 MB of which are the young generation's, what survives to make it large might not fit. */
const YOUNG_LIMIT = 2 ** 28;
/** Of the limit: as much may survive for that. */
const YOUNG_SHARE = 0.05;

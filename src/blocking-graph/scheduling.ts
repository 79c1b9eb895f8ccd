/**
 * Scheduling by resources as plain data, a part of the snapshot: what there is of each resource and what is asked of
 * it, what came in, what was refused and why. Its conventions are the snapshot's.
 */
export interface SchedulingSnapshot {
  /**
   * What work has had to wait for most often of late before it was let in: the name of a resource; `latency` where
   * answers are slow for a reason that nobody can see; `slow start` while little is known. Null while nothing waits.
   */
  readonly limiting: string | null;
  /** Work that was let in and has not ended. */
  readonly live: number;
  readonly resources: readonly ResourceSnapshot[];
  readonly entries: readonly EntrySnapshot[];
  /** Null where nothing is recorded: nobody then knows what work takes. */
  readonly memory: MemorySnapshot | null;
  readonly descriptors: DescriptorsSnapshot;
  /** Fibers that are kept from running now, since what they need next does not fit. */
  readonly heldBack: number;
  /** Fibers that were cancelled because memory had run out. */
  readonly stopped: number;
}

/** Something that there is only so much of. */
export interface ResourceSnapshot {
  /** `cpu`, `memory`, `external memory`, `descriptors`, or what the program calls a pool. */
  readonly name: string;
  /** A rate is used up and gone, such as processor time; a stock is held and given back, such as memory. */
  readonly kind: 'rate' | 'stock';
  /** Of `used` and `capacity`. */
  readonly unit: ResourceUnit;
  /** Of the processor, what fibers used of it, as a mean over the window; of pools, slots taken; of a stock, what fibers hold. */
  readonly used: number;
  /** What live work is still going to use: of a rate in ms, of a stock in units × ms. */
  readonly outstanding: number;
  /** What there is for fibers; null where there is no limit. */
  readonly capacity: number | null;
  /** How long what is let in may queue for it, in ms. */
  readonly queueMs: number;
  /** Of the capacity, what streams and other work without an end in sight go on using or holding. */
  readonly steady: number;
  /** Mean time until what is let in needs it, in ms: what is outstanding may come to (capacity - steady) × (queueMs + delayMs). */
  readonly delayMs: number;
  /** How often work had to wait for it before it was let in. */
  readonly blocked: number;
}

export type ResourceUnit = 'processors' | 'slots' | 'bytes' | 'descriptors';

/** A place where work comes in: a listening server, a consumer of a queue. */
export interface EntrySnapshot {
  readonly name: string;
  /** How long work may take before its answer is worth nothing, in ms. */
  readonly goalMs: number;
  /** Work that was let in and has not ended, and work that waits to be let in. */
  readonly live: number;
  readonly queued: number;
  /** Most work at once while answers are slow for a reason that nobody can see; null while there is no such limit. */
  readonly limit: number | null;
  readonly kinds: readonly KindSnapshot[];
  readonly refusals: readonly RefusalCount[];
  /** It has been refusing work for so long, with pauses of less than a second, most of it for this reason; else null. */
  readonly refusing: { readonly reason: string; readonly forMs: number } | null;
}

/** Work of one kind, e.g. `GET /search`. Offered work was admitted, refused or withdrawn, or waits. */
export interface KindSnapshot {
  readonly name: string;
  /** Its share of the processor in relation to others; 1 is ordinary. */
  readonly priority: number;
  readonly live: number;
  readonly offered: number;
  readonly admitted: number;
  readonly finished: number;
  readonly refused: number;
  /** Who asked for it had gone before it was let in. */
  readonly withdrawn: number;
}

export interface RefusalCount {
  readonly reason: string;
  readonly count: number;
}

/** V8's heap as the governor reckons with it: alive = base + survival × what live fibers have allocated. */
export interface MemorySnapshot {
  readonly liveBytes: number;
  /** Alive without any fiber. */
  readonly baseBytes: number;
  readonly survival: number;
}

/** Open files and sockets. */
export interface DescriptorsSnapshot {
  readonly used: number;
  /** What of the system's limit may be used; null without a limit. */
  readonly limit: number | null;
  /** Fibers that wait for one now, and how often one had to. */
  readonly waiting: number;
  readonly heldBack: number;
}

/** Of the work that live fibers at a node are still going to do, the mean. */
export interface AheadSnapshot {
  /** To the end of the fiber, without queueing for the processor or a pool. */
  readonly timeMs: number;
  /** Of the processor, with what the fibers need that it is going to start. */
  readonly cpuMs: number;
}

/** Ready fibers of a node that may not run yet, or fibers that wait for a descriptor. */
export interface HeldSnapshot {
  /** Name of the resource. */
  readonly by: string;
  readonly fibers: number;
  /** Since when there have been some here, with pauses of less than half a second. */
  readonly forMs: number;
}

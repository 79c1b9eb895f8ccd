/**
 * Scheduling by resources as plain data, a part of the snapshot: supply and demand of each resource, what work came in,
 * what was refused and why. The snapshot's conventions apply.
 */
export interface SchedulingSnapshot {
  /**
   * What has most often kept work from being admitted of late: the name of a resource; `latency` if answers are slow for a
   * reason that heddle cannot see; `slow start` while little is known. Null if nothing has had to wait.
   */
  readonly limiting: string | null;
  /** Work that was admitted and has not ended. */
  readonly live: number;
  readonly resources: readonly ResourceSnapshot[];
  readonly entries: readonly EntrySnapshot[];
  /** Null without recording: it is then not known what work allocates. */
  readonly memory: MemorySnapshot | null;
  readonly descriptors: DescriptorsSnapshot;
  /** Fibers held back now, since what they need next does not fit. */
  readonly heldBack: number;
  /** Fibers that were cancelled because memory had run out. */
  readonly stopped: number;
}

/** A limited resource. */
export interface ResourceSnapshot {
  /** `cpu`, `memory`, `external memory`, `descriptors`, or the name of a pool. */
  readonly name: string;
  /** A rate is consumed, such as processor time; a stock is held and given back, such as memory. */
  readonly kind: 'rate' | 'stock';
  /** The unit of `used`, `capacity` and `steady`. */
  readonly unit: ResourceUnit;
  /** Of the processor, the mean share that fibers used in the window; of a pool, slots taken; of a stock, what fibers hold. */
  readonly used: number;
  /** Predicted remaining demand of live work: of a rate in ms, of a stock in units × ms. */
  readonly outstanding: number;
  /** What is available to fibers; null without a limit. */
  readonly capacity: number | null;
  /** How long admitted work may queue for it, in ms. */
  readonly queueMs: number;
  /** The part of the capacity that streams and other work without an end in sight keep using or holding. */
  readonly steady: number;
  /** Mean time until admitted work needs it, in ms. `outstanding` is bounded by (capacity - steady) × (queueMs + delayMs). */
  readonly delayMs: number;
  /** Of a pool, for how long a grant takes its slots, on average, in slots × ms; 0 of others, and before that is known. */
  readonly holdMs: number;
  /** How often it kept work from being admitted. */
  readonly blocked: number;
}

export type ResourceUnit = 'processors' | 'slots' | 'bytes' | 'descriptors';

/** A place where work comes in: a listening server, a consumer of a queue. */
export interface EntrySnapshot {
  readonly name: string;
  /** How long work may take before its answer is worthless, in ms. */
  readonly goalMs: number;
  /** Work that was admitted and has not ended, and work that waits for admission. */
  readonly live: number;
  readonly queued: number;
  /** How much of all its work may go on at once while answers are slow for an unknown reason; null while there is no such limit. */
  readonly limit: number | null;
  readonly kinds: readonly KindSnapshot[];
  readonly refusals: readonly RefusalCount[];
  /** For how long it has been refusing work, with pauses under a second, and the most frequent reason; null if it is not. */
  readonly refusing: { readonly reason: string; readonly forMs: number } | null;
}

/** Work of one kind, e.g. `GET /search`. Offered work was admitted, refused or withdrawn, or still waits. */
export interface KindSnapshot {
  readonly name: string;
  /** Its share of the processor relative to other kinds; 1 is ordinary. */
  readonly priority: number;
  readonly live: number;
  /** As for all work of the entry, but because answers of this kind are slow. */
  readonly limit: number | null;
  readonly offered: number;
  readonly admitted: number;
  readonly finished: number;
  readonly refused: number;
  /** The client had gone before it was admitted. */
  readonly withdrawn: number;
  /** How many pieces have ended, too late or cancelled, since the last one that was done within the goal. Streams do not count. */
  readonly late: number;
}

export interface RefusalCount {
  readonly reason: string;
  readonly count: number;
}

/** The governor's model of V8's heap: live bytes = base + survival × what live fibers have allocated. */
export interface MemorySnapshot {
  readonly liveBytes: number;
  /** Alive independently of fibers. */
  readonly baseBytes: number;
  readonly survival: number;
}

/** Open files and sockets. */
export interface DescriptorsSnapshot {
  readonly used: number;
  /** How much of the system's limit may be used; null without a limit. */
  readonly limit: number | null;
  /** How many fibers wait for one now, and how often a fiber has had to. */
  readonly waiting: number;
  readonly heldBack: number;
}

/** Predicted remaining work of a fiber at a node, on average. */
export interface AheadSnapshot {
  /** Time to the end of the fiber, without queueing for the processor or a pool. */
  readonly timeMs: number;
  /** Processor time, including that of fibers it is going to start. */
  readonly cpuMs: number;
}

/** Ready fibers of a node that may not run yet, or fibers that wait for a descriptor. */
export interface HeldSnapshot {
  /** Name of the resource. */
  readonly by: string;
  readonly fibers: number;
  /** For how long some have been held here, with pauses of less than half a second. */
  readonly forMs: number;
}

import type { HistogramSnapshot } from '../base/histogram-snapshot.js';
import type { AheadSnapshot, HeldSnapshot, SchedulingSnapshot } from './scheduling.js';

export type { HistogramSnapshot };
export type * from './scheduling.js';

/**
 * The blocking graph and the scheduler's state as plain versioned data: what `heddle graph` prints, what
 * files hold, what analysis reads. The text renderings may change; this schema changes only with its version.
 *
 * Conventions: durations are in milliseconds; counts run from the start of the runtime (after `subtract`, from the earlier
 * snapshot); `null` means "no sample yet". A node's id is a hash of its label and chain, so it agrees between processes;
 * ids consist of letters, digits, `_`, `.` and `-`. All other text comes from the program and may contain anything.
 */
export interface Snapshot {
  readonly format: 'heddle.snapshot';
  readonly version: 1;
  readonly process: ProcessInfo;
  /** Unix time in ms at which the dump began, and how long it took: fibers ran meanwhile, so the parts may not quite agree. */
  readonly takenAt: number;
  readonly tookMs: number;
  /** The time span that the counts cover. */
  readonly windowMs: number;
  /** What the process uses, and its limits; null where it is not measured, as in virtual time. */
  readonly usage: ProcessUsage | null;
  readonly fibers: FiberCounts;
  readonly scheduler: SchedulerInfo;
  /** Null in a program without an entry: nothing is scheduled by resources there. */
  readonly scheduling: SchedulingSnapshot | null;
  readonly nodes: readonly NodeSnapshot[];
  readonly edges: readonly EdgeSnapshot[];
  /**
   * Locks and semaphores with waiters, and resources with a limit that a fiber has ever asked for. All that are part of a
   * deadlock, up to twenty deadlocks, and of the others the hundred for which fibers have waited longest in total.
   */
  readonly locks: readonly LockSnapshot[];
  /** Locks with waiters that are not listed. Absent if there are none. */
  readonly moreLocks?: MoreLocks;
  /** Events counted at the node `(other)`, since the graph had no room for their own node or edge. */
  readonly lost: number;
  /** Each is one sentence. */
  readonly warnings: readonly string[];
}

export interface ProcessInfo {
  /** 0 in a sum of several processes; `title` then names them. */
  readonly pid: number;
  /** The program, as `ps` would show it. */
  readonly title: string;
  readonly node: string;
  readonly heddle: string;
  /**
   * Unix time in ms at which it started: tells it from a later process with the same pid. Of a sum, when the latest of its
   * processes did. Absent from old files.
   */
  readonly startedAt?: number;
}

/** A field is null where the system does not tell. */
export interface ProcessUsage {
  /** Processor time of all threads, in ms: since the process started; after `subtract`, between the two snapshots. */
  readonly cpuMs: number;
  readonly heapUsedBytes: number;
  /** The size at which V8 aborts the process. */
  readonly heapLimitBytes: number;
  /** Physical memory. */
  readonly rssBytes: number | null;
  /** Open files, sockets, pipes. */
  readonly descriptors: number | null;
  readonly descriptorLimit: number | null;
}

/** Fibers held back by a resource are live, but count as neither ready nor waiting here. */
export interface FiberCounts {
  readonly live: number;
  readonly ready: number;
  readonly waiting: number;
  readonly spawned: number;
  readonly ended: number;
}

export interface SchedulerInfo {
  readonly queue: 'stride' | 'fifo' | 'other';
  readonly sliceMs: number;
  /** Passes over the run queue, batches taken in them, and processor time spent running fibers. */
  readonly passes: number;
  readonly batches: number;
  readonly ranMs: number;
  /** Runs longer than one and a half slices, because a fiber did not suspend; and the longest run. */
  readonly overruns: number;
  readonly longestMs: number;
}

export interface NodeSnapshot {
  readonly id: string;
  /** The kind of wait, e.g. `net.read`; `spawn` where fibers of a kind start and `exit` where they end. */
  readonly label: string;
  /** The name that the program gave to what is waited for, if any: `db.query`, `render`. */
  readonly subject: string | null;
  /** The calls that lead here, outermost first: functions, and in compiled code call sites, `handle (server.ts:12:5)`. */
  readonly chain: readonly string[];
  /** For each call of `chain`, its place in the source if it is a call site; null for a function. */
  readonly places: readonly (PlaceSnapshot | null)[];
  /** Fibers whose last blocking point is this one: waiting, ready or running. */
  readonly fibers: number;
  readonly waiting: number;
  readonly ready: number;
  /** How often a fiber has arrived here. */
  readonly arrivals: number;
  /** How long the longest-waiting fiber has waited; null if none waits, or none was seen waiting during the dump. */
  readonly oldestMs: number | null;
  /** Processor time of runs from here to the next blocking point. */
  readonly run: RunTime;
  /** How long fibers waited here before they became ready; null before the first. */
  readonly wait: HistogramSnapshot | null;
  /** Its share of the processor, in tickets, and its virtual time; null without stride. */
  readonly tickets: number | null;
  readonly pass: number | null;
  /** Fibers started while running from here, by their start node. */
  readonly spawns: readonly SpawnSnapshot[];
  /** Name of the pool whose slots are waited for here; null if it is not a pool. */
  readonly pool: string | null;
  /** What a run from here allocates on average, over the measured runs; null before the first. */
  readonly allocated: AllocationSnapshot | null;
  /** Descriptors opened by fibers that ran from here, less those they closed. */
  readonly descriptors: number;
  /** Predicted remaining work of a fiber here; null where none is predicted. */
  readonly ahead: AheadSnapshot | null;
  /** Fibers held back by a resource; null when there are none. */
  readonly held: HeldSnapshot | null;
}

export interface SpawnSnapshot {
  /** Node id. */
  readonly to: string;
  readonly count: number;
}

export interface AllocationSnapshot {
  /** On V8's heap, garbage included; and outside of it. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly samples: number;
}

/** A call site, in the source as written. */
export interface PlaceSnapshot {
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The function that contains the call, and what is called: `handle`, `connection.read`. */
  readonly function: string;
  readonly callee: string;
}

export interface RunTime {
  readonly totalMs: number;
  /** Exponentially weighted mean duration of a run. */
  readonly meanMs: number | null;
  readonly samples: number;
}

export interface EdgeSnapshot {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Exponentially weighted mean of the processor time from `from` to `to`, over sampled runs. */
  readonly meanMs: number | null;
  readonly samples: number;
}

export interface LockSnapshot {
  readonly id: number;
  /** Its process, in a sum of several: fiber numbers are unique only within a process. */
  readonly pid?: number;
  /** Distinguishes the processes of a sum, since in different containers they may have the same pid. */
  readonly part?: number;
  readonly kind: 'mutex' | 'semaphore' | 'resource';
  readonly name: string | null;
  readonly capacity: number;
  readonly available: number;
  readonly holders: readonly FiberRef[];
  readonly waiters: readonly FiberRef[];
  /** How many waiters and holders are not listed. */
  readonly unlisted: number;
}

export interface MoreLocks {
  readonly locks: number;
  /** Fibers that wait for them. */
  readonly waiters: number;
}

/** A fiber: its number, the kind it was spawned as, and where it waits. */
export interface FiberRef {
  readonly fiber: number;
  readonly kind: string;
  /** Node id; null while it runs or before its first wait. */
  readonly node: string | null;
  readonly sinceMs: number | null;
  /** Whether it has a deadline. */
  readonly bounded: boolean;
  /** Of a holder: whether it has ended without giving back what it holds. */
  readonly ended: boolean;
}

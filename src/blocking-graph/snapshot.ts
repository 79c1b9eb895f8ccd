import type { HistogramSnapshot } from '../base/histogram-snapshot.js';
import type { AheadSnapshot, HeldSnapshot, SchedulingSnapshot } from './scheduling.js';

export type { HistogramSnapshot };
export type * from './scheduling.js';

/**
 * The blocking graph and the scheduler's state as plain versioned data: what `heddle graph` prints, what
 * files hold, what analysis reads. The text renderings may change; this schema changes only with its version.
 *
 * Conventions: times in milliseconds, counts since the runtime started (or, after `subtract`, in between), `null`
 * for "no sample yet". Ids of nodes are derived from what the node is, so that they agree between processes; they
 * consist of letters, digits, `_`, `.` and `-`. All other text comes from the program and may hold anything.
 */
export interface Snapshot {
  readonly format: 'heddle.snapshot';
  readonly version: 1;
  readonly process: ProcessInfo;
  /** Unix time at which the dump began, and how long it took: fibers ran in between, so the picture is fuzzy. */
  readonly takenAt: number;
  readonly tookMs: number;
  /** The span of time that all counts cover. */
  readonly windowMs: number;
  /** What the process uses, and its limits; null where nobody measured, as in virtual time. */
  readonly usage: ProcessUsage | null;
  readonly fibers: FiberCounts;
  readonly scheduler: SchedulerInfo;
  /** Null in a program without an entry for work: nothing is scheduled by resources there. */
  readonly scheduling: SchedulingSnapshot | null;
  readonly nodes: readonly NodeSnapshot[];
  readonly edges: readonly EdgeSnapshot[];
  /** Locks and semaphores that somebody waits for, and resources with a limit that somebody has asked for. */
  readonly locks: readonly LockSnapshot[];
  /** Events that were not recorded (too many nodes, a dump that was cut short). Never silently zero. */
  readonly lost: number;
  /** One sentence each. */
  readonly warnings: readonly string[];
}

export interface ProcessInfo {
  /** 0 in a sum of several processes; `title` then names them. */
  readonly pid: number;
  /** The program, as `ps` would show it. */
  readonly title: string;
  readonly node: string;
  readonly heddle: string;
  /** Unix time at which it was started, by which a later process of this number is told apart; not in a sum, nor in old files. */
  readonly startedAt?: number;
}

/** Null where the system does not say. */
export interface ProcessUsage {
  /** Processor time of all threads in the window, in ms: since the process started, or between two snapshots. */
  readonly cpuMs: number;
  readonly heapUsedBytes: number;
  /** Where V8 gives up. */
  readonly heapLimitBytes: number;
  /** Physical memory. */
  readonly rssBytes: number | null;
  /** Open files, sockets, pipes. */
  readonly descriptors: number | null;
  readonly descriptorLimit: number | null;
}

/** Fibers that are held back by a resource are live, but neither ready nor waiting. */
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
  /** Runs longer than one and a half slices, because a fiber did not suspend; and the longest of all. */
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
  /** The same calls, for those that are call sites where these are; null for the others. */
  readonly places: readonly (PlaceSnapshot | null)[];
  /** Fibers whose last blocking point is this one: waiting, ready or running. */
  readonly fibers: number;
  readonly waiting: number;
  readonly ready: number;
  /** How often a fiber came here. */
  readonly arrivals: number;
  /** How long the fiber that has waited longest has waited; null when nobody waits or nobody was asked. */
  readonly oldestMs: number | null;
  /** Processor time of running from here to the next blocking point. */
  readonly run: RunTime;
  /** How long fibers waited here before they became ready; null before the first. */
  readonly wait: HistogramSnapshot | null;
  /** The share of the processor it is entitled to, in tickets, and its virtual time; null without stride. */
  readonly tickets: number | null;
  readonly pass: number | null;
  /** Fibers that were started while running from here, by where they start. */
  readonly spawns: readonly SpawnSnapshot[];
  /** Name of the pool whose slots are waited for here; null where that is no pool. */
  readonly pool: string | null;
  /** What a run from here allocates, a mean over runs that were measured; null before the first. */
  readonly allocated: AllocationSnapshot | null;
  /** Descriptors opened by fibers that ran from here, less those they closed. */
  readonly descriptors: number;
  /** What a fiber here is still going to do; null where nobody reckons with it. */
  readonly ahead: AheadSnapshot | null;
  /** Fibers kept from going on by a resource; null when there are none. */
  readonly held: HeldSnapshot | null;
}

export interface SpawnSnapshot {
  /** Node id. */
  readonly to: string;
  readonly count: number;
}

export interface AllocationSnapshot {
  /** On V8's heap, also what has been freed again; and outside of it. */
  readonly heapBytes: number;
  readonly externalBytes: number;
  readonly samples: number;
}

/** A call site in the source that people wrote. */
export interface PlaceSnapshot {
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** Around the call, and what is called there: `handle`, `connection.read`. */
  readonly function: string;
  readonly callee: string;
}

export interface RunTime {
  readonly totalMs: number;
  /** Exponentially weighted mean of one run. */
  readonly meanMs: number | null;
  readonly samples: number;
}

export interface EdgeSnapshot {
  readonly from: string;
  readonly to: string;
  readonly count: number;
  /** Exponentially weighted mean of the processor time from one end to the other, from sampled runs. */
  readonly meanMs: number | null;
  readonly samples: number;
}

export interface LockSnapshot {
  readonly id: number;
  /** The process it is in, given in a sum of several: numbers of fibers are unique only within one process. */
  readonly pid?: number;
  /** Which process of the sum that is, since in containers many have the same number. */
  readonly part?: number;
  readonly kind: 'mutex' | 'semaphore' | 'resource';
  readonly name: string | null;
  readonly capacity: number;
  readonly available: number;
  readonly holders: readonly FiberRef[];
  readonly waiters: readonly FiberRef[];
  /** Waiters and holders beyond those listed. */
  readonly unlisted: number;
}

/** A fiber as a reader can find it: its number, the kind it was spawned as, and where it waits. */
export interface FiberRef {
  readonly fiber: number;
  readonly kind: string;
  /** Node id; null while it runs or before its first wait. */
  readonly node: string | null;
  readonly sinceMs: number | null;
  /** Whether a deadline is going to stop it. */
  readonly bounded: boolean;
}

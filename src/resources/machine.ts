/**
 * Port: what the process runs on, as the governor sees it. `systemMachine` is the real one; a test brings its own, with
 * modelled memory and costs.
 */
export interface Machine {
  readonly heap: Heap;
  /** Open descriptors of the process, counted now; null where the system does not say. May take a millisecond. */
  openDescriptors(): number | null;
  /** How many it may have; null where there is no limit or the system does not say. May change while it runs. */
  descriptorLimit(): number | null;
  /** How many threads libuv has for files and names. */
  readonly threads: number;
  /** Of the time since it was last asked, in which the event loop had nothing to do: 0 to 1. */
  idleShare(): number;
}

/** The memory of the process. All in bytes. */
export interface Heap {
  /** Begins to watch for major collections, and ends it. */
  start(): void;
  stop(): void;
  /** How much V8's heap may hold before V8 gives up. */
  readonly limit: number;
  /** How much may be outside of it (`Buffer`s): what the machine or the container has. */
  readonly externalLimit: number;
  /** Brings up to date what may change while it runs. */
  look(): void;
  /** A run begins that is measured. It costs something between this and `endRun`, and nothing else. */
  beginRun(): void;
  /** Returns how many collections fell into it. */
  endRun(): number;
  /** What the last measured run has allocated on the heap and outside of it, also what was freed again. */
  readonly allocated: number;
  readonly externalAllocated: number;
  /** Major collections that were noticed, and what the last one left alive. */
  readonly majors: number;
  readonly liveAfterMajor: number;
  /** Lets it fill further before the next major collection, from now on; it stays below the limit. */
  expand(): void;
}

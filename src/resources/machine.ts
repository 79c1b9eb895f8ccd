/**
 * Port: what the process runs on, as the governor sees it. `systemMachine` is the real one; a test brings its own, with
 * modelled memory and costs.
 */
export interface Machine {
  readonly heap: Heap;
  /** Open descriptors of the process, counted now; null where the system does not say. May take a millisecond. */
  openDescriptors(): number | null;
  /** How many the process may have open; null where there is no limit or the system does not say. May change while it runs. */
  descriptorLimit(): number | null;
  /** How many threads libuv has for files and names. */
  readonly threads: number;
  /** The share of the time since the last call in which the event loop had nothing to do: 0 to 1. */
  idleShare(): number;
  /** On a single processor V8's own threads leave it to the program, from now on until the process ends. */
  quietV8(): void;
}

/** The memory of the process. All in bytes. */
export interface Heap {
  /** Begins and ends watching for major collections. */
  start(): void;
  stop(): void;
  /** How much V8's heap may hold before V8 gives up. */
  readonly limit: number;
  /** How much may be outside V8's heap (`Buffer`s): a part of what the machine or the container has. */
  readonly externalLimit: number;
  /** Brings up to date what may change while it runs. */
  look(): void;
  /** A measured run begins. Measuring costs only between this and `endRun`. */
  beginRun(): void;
  /** The run has ended; returns how many collections fell into it. */
  endRun(): number;
  /** What the last measured run has allocated, on the heap and outside it, including what was freed again. */
  readonly allocated: number;
  readonly externalAllocated: number;
  /** How many major collections were noticed, and what the last one left alive. */
  readonly majors: number;
  readonly liveAfterMajor: number;
  /**
   * Lets V8's heap fill further before major collections, from the next one on; it stays below the limit. Its young generation is
   * large from now on.
   */
  expand(): void;
}

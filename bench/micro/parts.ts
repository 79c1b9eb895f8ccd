/**
 * The functions of the hot path that are measured, as one who writes such a library needs them: each `make` answers a function,
 * or two, that keep what they know in memory, so that the compiler cannot leave out what they do.
 */
export interface Parts {
  /** Counts a duration (whole microseconds, from 1) where it belongs in a histogram. */
  readonly histogram: () => (us: number) => void;
  /** Adds a sample to a mean of the last few. */
  readonly mean: () => (sample: number) => void;
  /** Answers a number ≥ 0 and < 1. */
  readonly random: () => () => number;
  readonly queue: () => { readonly push: (item: object) => void; readonly shift: () => void };
  /**
   * `add` sets a timer to an absolute time; `again` takes out the one that is
   * due first, and sets it to so much after that time.
   */
  readonly timers: () => { readonly add: (at: number) => void; readonly again: (duration: number) => void };
  /** The next of some clients is chosen, and charged for having run. Over time each runs in proportion to its tickets. */
  readonly shares: (tickets: readonly number[]) => () => void;
}

/** What a client is charged with, in milliseconds. */
export const batchMs = 0.01;

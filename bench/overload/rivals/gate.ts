/** Decides which requests of a plain server begin, which wait, and which are refused with 503. */
export interface Gate {
  /** Calls `begin` or `refuse`, once, now or later. */
  enter(begin: () => void, refuse: () => void): void;
  /** A request that began is done, after so many milliseconds. */
  leave(ms: number): void;
}

/** No control: everything begins at once. */
export const openGate: Gate = {
  enter: (begin) => begin(),
  leave() {},
};

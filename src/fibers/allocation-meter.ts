import type { ReadyList } from './ready-list.js';

/** Port: how much memory a run allocates. Measuring is expensive, so only some runs are measured. */
export interface AllocationMeter {
  /** Whether the next run from `list` is worth measuring. Called for each batch. */
  due(list: ReadyList): boolean;
  /** Sets the share of the time that fibers run that may be spent on measuring. */
  spend(share: number): void;
  /** A run that is to be measured begins. */
  begin(): void;
  /** It has ended: the two fields now hold what it allocated, on V8's heap and outside it. */
  end(): void;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

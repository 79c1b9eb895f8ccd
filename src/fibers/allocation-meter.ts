import type { ReadyList } from './ready-list.js';

/** Port: how much memory a run allocates. Measuring is expensive, so only some runs are measured. */
export interface AllocationMeter {
  /** Whether the next run from `list` is worth measuring. Called for each batch. */
  due(list: ReadyList): boolean;
  /** Of the time that fibers run, how much may be spent on measuring. */
  spend(share: number): void;
  /** A run begins that is to be measured. */
  begin(): void;
  /** It has ended: bytes on V8's heap and outside of it are in the two fields. */
  end(): void;
  readonly heapBytes: number;
  readonly externalBytes: number;
}

import { pauses } from './pauses.js';

export { each } from '#src/blocking-graph/compiled/each.js';
export { indexed } from '#src/blocking-graph/compiled/indexed.js';
export { same } from '#src/blocking-graph/compiled/same.js';

/** The run-time half as it is outside of fibers. */
export const enter = (_id: number): null => null;
export const site = <T>(_index: number, _point: unknown, operand: T): T => operand;
export const pause = (_index: number, _point: unknown): number => {
  pauses.note();
  return 2 ** 30;
};
export const module = (_count: number, describe: () => unknown): number => {
  describe();
  return 0;
};
export const preempted: readonly never[] = [];

import { pauses } from './pauses.js';

export { each } from '#src/blocking-graph/compiled/each.js';
export { indexed } from '#src/blocking-graph/compiled/indexed.js';
export { same } from '#src/blocking-graph/compiled/same.js';

/** How many activations there were: what was compiled must also have run. */
export const tally = { entered: 0 };

/** A run-time half that gives way at every iteration, to nothing: what is inserted runs all of it and must show in nothing. */
export const enter = (id: number): object => {
  tally.entered++;
  return { id };
};
export const site = <T>(index: number, point: { id: number }, operand: T): T => {
  check(index, point, 'site');
  return operand;
};
export const pause = (index: number, point: { id: number }): number => {
  check(index, point, 'loop');
  pauses.note();
  return -1;
};
export const module = (_count: number, describe: () => [file: string, ...entries: Entry[]]): number => {
  const [, ...entries] = describe();
  const firstId = points.length;
  for (const [kind, f] of entries) points.push({ kind, functionId: kind === 'function' ? -1 : firstId + Number(f) });
  return firstId;
};
/** No array: programs may change how those are iterated. */
export const preempted: Iterable<never> = new Set();

type Entry = [kind: string, f: string | number];
const points: { kind: string; functionId: number }[] = [];

/** What says that it is the `index`-th point of a function has to be just that in the table. */
function check(index: number, { id }: { id: number }, kind: 'site' | 'loop'): void {
  const point = points[id + index];
  if (point?.kind !== kind || point.functionId !== id)
    throw new Error(`no ${kind} is number ${index} of function ${id}`);
}

/** How many activations there were: what was compiled must also have run. */
export const tally = { entered: 0 };

/** A run-time half that gives way at every iteration, to nothing: what is inserted runs all of it and must show in nothing. */
export const enter = (id: number): object => {
  tally.entered++;
  return { id };
};
export const site = <T>(_id: number, _point: object, operand: T): T => operand;
export const pause = (id: number, point: { id: number }): number => {
  if (!(point.id >= 0 && id > point.id)) throw new Error(`loop ${id} paused in function ${point.id}`);
  return -1;
};
export const module = (_count: number, describe: () => unknown): number => {
  describe();
  return 0;
};
export const preempted: readonly never[] = [];

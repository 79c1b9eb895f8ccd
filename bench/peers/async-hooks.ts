import { createHook } from 'node:async_hooks';

/** What is under way in this process, by the numbers that Node gives it: the nearest that Node itself has to a blocking graph. */
const waiting = new Map<number, string>();

/** From now on it is known what is being waited for, promises included. */
export function watchWaiting(): void {
  const forget = (id: number): void => void waiting.delete(id);
  createHook({ init: (id, type) => void waiting.set(id, type), promiseResolve: forget, destroy: forget }).enable();
}

import { types } from 'node:util';

/** For a value that is refused: what becomes of it, if it is a promise, nobody will ask, and its rejection would end the process. */
export function unheard(value: unknown): void {
  if (types.isPromise(value)) value.catch(() => {});
}

import { types } from 'node:util';

/**
 * For a value that is refused as an argument, or together with one: if it is a promise, nobody will await it, and its rejection
 * would end the process.
 */
export function unheard(value: unknown): void {
  if (types.isPromise(value)) value.catch(() => {});
}

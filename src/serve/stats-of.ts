import { statSync, type Stats } from 'node:fs';
import { ArgumentError } from '../base/errors.js';

/** What is at a path that somebody has named; undefined if nothing is. Throws `ArgumentError` where that cannot be told. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new ArgumentError(`Cannot look at \`${path}\`: ${(error as Error).message}`, { cause: error });
  }
}

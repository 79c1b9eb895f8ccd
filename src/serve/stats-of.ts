import { statSync, type Stats } from 'node:fs';
import { ArgumentError } from '../base/errors.js';

/** The stats of what is at `path`; undefined if nothing is. Throws `ArgumentError` if that cannot be found out. */
export function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch (error) {
    throw new ArgumentError(`Cannot look at \`${path}\`: ${(error as Error).message}`, { cause: error });
  }
}

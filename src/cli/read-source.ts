import { readFileSync, statSync } from 'node:fs';
import { ArgumentError } from '../base/errors.js';
import { whyUnreadable } from './why-unreadable.js';

/**
 * The bytes of a source file that somebody has named.
 *
 * @throws ArgumentError that says why it cannot be read.
 */
export function readSource(file: string): Buffer {
  try {
    const stats = statSync(file);
    // Nobody may ever write to a pipe, and a device may have no end.
    if (!stats.isFile() && !stats.isDirectory()) throw new Error('it is a pipe or a device');
    return readFileSync(file);
  } catch (error) {
    throw new ArgumentError(`Cannot read \`${file}\`: ${whyUnreadable(error as NodeJS.ErrnoException)}`);
  }
}

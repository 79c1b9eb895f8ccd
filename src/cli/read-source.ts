import { readFileSync } from 'node:fs';
import { ArgumentError } from '../base/errors.js';
import { whyUnreadable } from './why-unreadable.js';

/**
 * The bytes of a source file that somebody has named.
 *
 * @throws ArgumentError that says why it cannot be read.
 */
export function readSource(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ArgumentError(`Cannot read \`${file}\`: ${whyUnreadable(error as NodeJS.ErrnoException)}`);
  }
}

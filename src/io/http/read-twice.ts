import { MisuseError } from '../../base/errors.js';

/** Of a body that is read as a whole once more: nothing would be there, which would pass for a body of nothing. */
export function readTwice(): MisuseError {
  return new MisuseError('The body was read already: keep what the first call returned');
}

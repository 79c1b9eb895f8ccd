import { MisuseError } from '../../base/errors.js';

/** For a second reading of a whole body: it would find nothing, which would pass for an empty body. */
export function readTwice(): MisuseError {
  return new MisuseError('The body was read already: keep what the first call returned');
}

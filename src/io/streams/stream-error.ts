import { constants } from 'node:os';
import { EndOfStreamError, HeddleError, IoError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import type { WaitKind } from '../../fibers/label.js';

/**
 * What a fiber is to see of a stream's failure. A refusal of the system is an `IoError` as everywhere in heddle; what a
 * program or a library destroyed the stream with is passed on as it is.
 */
export function streamError(operation: WaitKind, error: unknown): unknown {
  if (isInstance(error, HeddleError)) return error;
  if (typeof error !== 'object' || error === null) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ERR_STREAM_PREMATURE_CLOSE') return prematureClose(operation, error);
  // A connection that `node:http` has lost is an `ECONNRESET` that names no call of the system.
  return syscall === undefined && !(code! in constants.errno) ? error : new IoError(operation, error);
}

/** The stream was closed without an error, but before its end. */
export function prematureClose(operation: WaitKind, cause?: unknown): EndOfStreamError {
  return new EndOfStreamError(`${operation}: the stream was closed before its end`, { cause });
}

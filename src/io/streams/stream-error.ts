import { constants } from 'node:os';
import { EndOfStreamError, HeddleError, IoError } from '../../base/errors.js';
import { isInstance } from '../../base/is-instance.js';
import type { WaitKind } from '../../fibers/label.js';

/**
 * What a fiber sees of a stream's failure. System errors become `IoError`, as everywhere in heddle; what a program or a
 * library destroyed the stream with is passed on unchanged.
 */
export function streamError(operation: WaitKind, error: unknown): unknown {
  if (isInstance(error, HeddleError)) return error;
  if (typeof error !== 'object' || error === null) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ERR_STREAM_PREMATURE_CLOSE') return prematureClose(operation, error);
  // `node:http` reports a lost connection as an `ECONNRESET` without a system call.
  return syscall === undefined && !(code! in constants.errno) ? error : new IoError(operation, error);
}

/** The stream was closed without an error, but before its end. */
export function prematureClose(operation: WaitKind, cause?: unknown): EndOfStreamError {
  return new EndOfStreamError(`${operation}: the stream was closed before its end`, { cause });
}

import { ArgumentError, HeddleError, IoError } from '../base/errors.js';

/**
 * The error for what a function of Node threw instead of answering. That is how Node reports bad arguments, but also some of
 * what the system or `--permission` refuses.
 */
export function thrownError(operation: string, error: unknown): HeddleError {
  if (error instanceof HeddleError) return error;
  const { code, syscall, message = String(error) } = (error ?? {}) as NodeJS.ErrnoException;
  if (code === 'ERR_ACCESS_DENIED' || syscall !== undefined) return new IoError(operation, error);
  return new ArgumentError(`${operation}: ${message}`, { cause: error });
}

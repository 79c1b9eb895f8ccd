import { CancelledError, type Operation } from 'heddle';

/** Runs `operation`, says how it ended, and lets the error pass. */
export function* logged<T>(log: (event: string) => void, name: string, operation: Operation<T>): Operation<T> {
  try {
    const value = yield* operation;
    log(`${name} done`);
    return value;
  } catch (error) {
    log(`${name} ${error instanceof CancelledError ? 'cancelled' : 'failed'}`);
    throw error;
  }
}

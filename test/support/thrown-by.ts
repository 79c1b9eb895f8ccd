import type { Operation } from 'heddle';

/** What `operation` throws; that it throws nothing is an error. */
export function* thrownBy(operation: Operation<unknown>): Operation<unknown> {
  try {
    yield* operation;
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

import { inspect } from 'node:util';
import {
  CancelledError,
  EndOfStreamError,
  HeddleError,
  IoError,
  TimeoutError,
  TooLargeError,
} from '../../base/errors.js';
import { isPromise } from '../../base/check.js';
import { isInstance } from '../../base/is-instance.js';
import { checkDropped } from '../../fibers/never-run.js';
import type { Operation } from '../../fibers/operation.js';
import { call } from '../../fibers/segment.js';
import { tellWhere } from '../../fibers/tell-where.js';
import { until } from '../../fibers/until.js';
import { scope } from '../../fibers/with-scope.js';
import type { Connection } from '../byte-stream.js';

/** One connection of `serve`: it belongs to a scope that ends with its handler, and so do the handler's fibers. */
export function* serveConnection(
  connection: Connection,
  handler: (connection: Connection) => Operation<unknown>,
  onError: (error: unknown, connection: Connection) => void,
): Operation<void> {
  try {
    yield* scope(handle, connection, handler);
  } catch (error) {
    if (isInstance(error, CancelledError)) throw error;
    tellWhere(error);
    const told: unknown = onError(error, connection);
    // Of an async function, whose rejection would else end the process.
    if (isPromise(told)) yield* until(told, 'onError');
  }
}

/**
 * In a segment of its own: a handler waits for every message, and each resume would else go through the four
 * generators above it, a quarter of what an echo costs with a thousand connections.
 */
function* handle(
  _scope: unknown,
  connection: Connection,
  handler: (connection: Connection) => Operation<unknown>,
): Operation<void> {
  connection.adopt();
  checkDropped(yield* call(handler, connection), handler);
}

/**
 * A server must not end because one of its clients went away, nor say nothing of what its handlers throw. That clients
 * go away is nothing to say: a thousand at once would be a thousand lines.
 */
export function reportToStderr(error: unknown): void {
  if (isInstance(error, IoError) && GONE.has(error.system)) return;
  const text = NOT_OURS.some((kind) => isInstance(error, kind)) ? String(error) : inspect(error);
  process.stderr.write(`heddle/net: a connection's handler failed: ${text}\n`);
}

/** What the other side can bring about as often as it likes: a line for each, where a fault of the program has its stack. */
const NOT_OURS: readonly (abstract new (...args: never) => HeddleError)[] = [
  IoError,
  EndOfStreamError,
  TooLargeError,
  TimeoutError,
];
const GONE = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED']);

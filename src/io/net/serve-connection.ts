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
import { firstOf } from '../../base/first-of.js';
import { isInstance } from '../../base/is-instance.js';
import { checkDropped } from '../../fibers/never-run.js';
import type { Operation } from '../../fibers/operation.js';
import { call } from '../../fibers/segment.js';
import { tellWhere } from '../../fibers/tell-where.js';
import { until } from '../../fibers/until.js';
import { scope } from '../../fibers/with-scope.js';
import type { Connection } from '../byte-stream.js';
import { complain } from '../complain.js';

/**
 * Runs `handler` for one connection of `serve`, in a scope of its own, which owns the connection and the fibers of the
 * handler.
 */
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
    // From an async `onError`: a rejection that nobody handles would end the process.
    if (isPromise(told)) yield* until(told, 'onError');
  }
}

/**
 * In a segment of its own: a handler waits for every message, and each resume would otherwise pass through the four
 * generators above it, a quarter of the cost of an echo with a thousand connections.
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
 * The default `onError`: what a handler throws is printed and does not end the server. That a client went away is not
 * even printed: a thousand at once would be a thousand lines. It may be noticed by several fibers of a handler, such as one that
 * reads and one that writes.
 */
export function reportToStderr(error: unknown): void {
  if (isGone(firstOf(error, isGone))) return;
  const first = firstOf(error, isCausedByPeer);
  const text = isCausedByPeer(first) ? String(first) : inspect(error);
  complain(text, () => void process.stderr.write(`heddle/net: a connection's handler failed: ${text}\n`));
}

function isGone(error: unknown): boolean {
  return isInstance(error, IoError) && GONE.has(error.system);
}

function isCausedByPeer(error: unknown): boolean {
  return CAUSED_BY_PEERS.some((kind) => isInstance(error, kind));
}

/**
 * Errors that the other side can cause as often as it likes: one line each, without the stack that a bug in the program
 * gets.
 */
const CAUSED_BY_PEERS: readonly (abstract new (...args: never) => HeddleError)[] = [
  IoError,
  EndOfStreamError,
  TooLargeError,
  TimeoutError,
];
const GONE = new Set(['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED']);

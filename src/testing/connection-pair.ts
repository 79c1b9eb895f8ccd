import { checkDuration, checkInteger } from '../base/check.js';
import { checkKnown } from '../base/known-options.js';
import type { Random } from '../base/random.js';
import { currentFiber } from '../fibers/current.js';
import type { Operation } from '../fibers/operation.js';
import type { Scope } from '../fibers/scope.js';
import type { Connection } from '../io/byte-stream.js';
import { MemoryConnection, type Faults } from './memory-connection.js';

/**
 * Makes the two ends of a connection in memory, in the time of the current runtime, with the given faults. Both belong to the
 * current scope, as a connection of `connect` does, until `adopt` ties one to another.
 *
 * @example
 * const [client, server] = yield* connectionPair({ delay: 20, piece: 3 });
 * yield* spawn(echo, server);
 * yield* client.write('hello');
 */
export function* connectionPair(faults: Faults = {}): Operation<[Connection, Connection]> {
  checkKnown('connectionPair', faults, { delay: true, piece: true, resetAfter: true });
  checkDuration('delay', faults.delay ?? 0);
  checkInteger('piece', faults.piece ?? Infinity, 1, Infinity);
  checkInteger('resetAfter', faults.resetAfter ?? Infinity, 0, Infinity);
  const { loop, scope } = currentFiber('connectionPair');
  const pair = MemoryConnection.pair(loop.clock);
  for (const end of pair) {
    end.tie(scope);
    // What was written still leaves after the scope has ended.
    rootOf(scope).spawnDaemon(carry, end, faults, loop.random);
  }
  return pair;
}

function rootOf(scope: Scope): Scope {
  let root = scope;
  while (root.parent !== null) root = root.parent;
  return root;
}

function carry(end: MemoryConnection, faults: Faults, random: Random): Operation<void> {
  return end.carry(faults, random);
}

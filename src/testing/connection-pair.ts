import { checkDuration, checkInteger, checkOptions } from '../base/check.js';
import type { Random } from '../base/random.js';
import { currentFiber } from '../fibers/current.js';
import type { Operation } from '../fibers/operation.js';
import { spawnDaemon } from '../fibers/spawn.js';
import type { Connection } from '../io/byte-stream.js';
import { MemoryConnection, type Faults } from './memory-connection.js';

/**
 * Two ends of a connection in memory, in the time of the current runtime, with the faults that are asked for. It lives
 * as long as the current scope.
 *
 * @example
 * const [client, server] = yield* connectionPair({ delay: 20, piece: 3 });
 * yield* spawn(echo, server);
 * yield* client.write('hello');
 */
export function* connectionPair(faults: Faults = {}): Operation<[Connection, Connection]> {
  checkOptions(faults, 'faults');
  checkDuration('delay', faults.delay ?? 0);
  checkInteger('piece', faults.piece ?? Infinity, 1, Infinity);
  checkInteger('resetAfter', faults.resetAfter ?? Infinity, 0, Infinity);
  const { random } = currentFiber('connectionPair').loop;
  const [a, b] = MemoryConnection.pair();
  for (const end of [a, b]) yield* spawnDaemon(carry, end, faults, random);
  return [a, b];
}

function carry(end: MemoryConnection, faults: Faults, random: Random): Operation<void> {
  return end.carry(faults, random);
}

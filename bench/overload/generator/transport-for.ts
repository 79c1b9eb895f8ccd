import type { Connections } from '../scenario.js';
import type { Settle, Transport } from './attempt.js';
import { KeepAlivePool } from './keep-alive-pool.js';
import { NewConnections } from './new-connections.js';

/** As many connections as a client that bounds them, or a proxy in front of the server, has to one server. */
const poolSize = 256;

export function transportFor(connections: Connections, port: number, settle: Settle): Transport {
  if (connections === 'new') return new NewConnections(port, settle);
  return new KeepAlivePool(port, connections === 'pooled' ? poolSize : Infinity, settle);
}

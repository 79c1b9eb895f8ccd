import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Two connected Unix sockets of this process: what is written to one is read from the other. */
export interface SocketPair {
  readonly readEnd: Socket;
  readonly writeEnd: Socket;
}

/** A path that no other process uses. Node and heddle remove it when the server closes. */
export const pairPath = (): string => join(tmpdir(), `heddle-bench-${process.pid}.socket`);

/** Node has no `socketpair`: these are connections to a server that is closed as soon as all have been made. */
export async function socketPairs(count: number): Promise<readonly SocketPair[]> {
  const server: Server = createServer().listen(pairPath());
  await once(server, 'listening');
  const pairs: SocketPair[] = [];
  while (pairs.length < count) {
    const accepted = once(server, 'connection');
    const writeEnd = connect(pairPath());
    const [readEnd] = (await accepted) as [Socket];
    pairs.push({ readEnd, writeEnd });
  }
  server.close();
  return pairs;
}

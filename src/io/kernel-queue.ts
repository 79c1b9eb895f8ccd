import type { Server } from 'node:net';
import type { EntryOptions } from '../fibers/governor.js';

/**
 * Default length of the kernel's queue of connections that were not accepted yet, until an option or the governor says
 * otherwise.
 */
export const USUAL_BACKLOG = 64;

/** The kernel's queues of connections in front of the servers of one entry, all of one length. */
export class KernelQueues {
  /** For the entry. A length that the user asked for is never changed. */
  readonly options: Pick<EntryOptions, 'backlog' | 'resizeBacklog'>;
  private readonly servers: Iterable<Server>;
  private size: number;

  /** @param servers may grow later. @param asked the length that the user asked for. */
  constructor(servers: Iterable<Server>, asked: number | undefined) {
    const backlog = asked ?? USUAL_BACKLOG;
    this.options = asked === undefined ? { backlog, resizeBacklog: (size) => this.resize(size) } : { backlog };
    this.servers = servers;
    this.size = backlog;
  }

  /** Applies the current length to a server that began to listen with another. */
  tell(server: Server): void {
    resizeBacklog(server, this.size);
  }

  private resize(size: number): void {
    this.size = size;
    for (const server of this.servers) this.tell(server);
  }
}

/**
 * Calls listen(2) again, which changes the length of the queue. Node has no API for that, so this uses its handle.
 * Where the handle cannot do it, as in a worker of `cluster` or on Windows, the length stays as it is.
 *
 * @returns whether the length was changed.
 */
export function resizeBacklog(server: Server, size: number): boolean {
  const handle = (server as { _handle?: { listen?(backlog: number): number } | null })._handle;
  return typeof handle?.listen === 'function' && handle.listen(size) === 0;
}

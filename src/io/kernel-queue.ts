import type { Server } from 'node:net';
import type { EntryOptions } from '../fibers/governor.js';

/** Connections that the kernel keeps until they are accepted, unless somebody says how many, or knows how many can be served. */
export const USUAL_BACKLOG = 64;

/** The kernel's queues in front of the servers of one entry, all of one size. */
export class KernelQueues {
  /** What the entry has to know. A size that was asked for stays as it is. */
  readonly options: Pick<EntryOptions, 'backlog' | 'resizeBacklog'>;
  private readonly servers: Iterable<Server>;
  private size: number;

  /** @param servers may become more. */
  constructor(servers: Iterable<Server>, asked: number | undefined) {
    const backlog = asked ?? USUAL_BACKLOG;
    this.options = asked === undefined ? { backlog, resizeBacklog: (size) => this.resize(size) } : { backlog };
    this.servers = servers;
    this.size = backlog;
  }

  /** Tells a server that has listened with another size. */
  tell(server: Server): void {
    resizeBacklog(server, this.size);
  }

  private resize(size: number): void {
    this.size = size;
    for (const server of this.servers) this.tell(server);
  }
}

/**
 * The server is asked to listen once more, which is how a system is told another size. Node has no word for it, so that its
 * handle is asked; one that cannot, as in a worker of `cluster` or on Windows, leaves the size as it is.
 *
 * @returns whether it was asked.
 */
export function resizeBacklog(server: Server, size: number): boolean {
  const handle = (server as { _handle?: { listen?(backlog: number): number } | null })._handle;
  return typeof handle?.listen === 'function' && handle.listen(size) === 0;
}

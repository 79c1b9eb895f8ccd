import type { Server } from 'node:net';
import type { EntryOptions } from '../fibers/governor.js';

/** Connections that the kernel keeps until they are accepted, unless somebody says how many, or knows how many can be served. */
export const USUAL_BACKLOG = 64;

/** What an entry has to know of the kernel's queues in front of `servers`. A size that was asked for stays as it is. */
export function kernelQueueOf(
  servers: Iterable<Server>,
  asked: number | undefined,
): Pick<EntryOptions, 'backlog' | 'resizeBacklog'> {
  if (asked !== undefined) return { backlog: asked };
  return {
    backlog: USUAL_BACKLOG,
    resizeBacklog(size) {
      for (const server of servers) resizeBacklog(server, size);
    },
  };
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

import { chmodSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import type { Snapshot } from '../blocking-graph/snapshot.js';
import { processInfo } from '../process-info.js';
import { converse } from './client.js';
import { InspectionError } from '../base/errors.js';
import {
  LONGEST_REQUEST,
  PROTOCOL,
  readRequest,
  type Greeting,
  type InspectionReply,
  type InspectionRequest,
} from './protocol.js';
import { readLines } from './read-lines.js';
import { shareRunning } from './share-running.js';
import { socketPath } from './socket-path.js';

export interface InspectionServerOptions {
  readonly pid: number;
  /** The program, as `ps` would show it. */
  readonly title: string;
  readonly snapshot: () => Promise<Snapshot>;
}

export interface InspectionServer {
  /** Path of the socket. */
  readonly path: string;
  close(): Promise<void>;
}

/**
 * Lets this process be looked at through a Unix socket that only its user can reach. Costs nothing until somebody connects,
 * and does not keep the process alive. However many clients ask at once, they share one snapshot. A client that sends
 * garbage, does not read, or goes away harms nobody but itself.
 *
 * @throws InspectionError when there is no safe place for the socket, or this process has one already.
 */
export async function openInspectionServer(options: InspectionServerOptions): Promise<InspectionServer> {
  const { pid, title } = options;
  const path = socketPath(pid);
  const snapshot = shareRunning(options.snapshot);
  const { node, heddle } = processInfo();
  const greeting: Greeting = { heddle: PROTOCOL, pid, title, node, version: heddle };
  const connections = new Set<Socket>();
  const server = createServer((socket) => {
    connections.add(socket);
    socket.once('close', () => connections.delete(socket));
    void converseWith(socket, greeting, snapshot);
  });
  server.maxConnections = MOST_CONNECTIONS;
  await listen(server, path);
  server.unref();
  // Accepting may fail at the limit of descriptors. The client can try again; the program goes on.
  server.on('error', () => {});
  // The directory keeps others out already; this is in case somebody copies it or opens it up.
  chmodSync(path, 0o600);
  const remove = (): void => unlinkIfThere(path);
  process.once('exit', remove);
  return {
    path,
    close() {
      process.off('exit', remove);
      for (const socket of connections) socket.destroy();
      // Closing removes the socket's file too.
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const MOST_CONNECTIONS = 8;
/** A connection that is idle for this long (ms) is closed, so that idle ones do not use up the limit. */
const IDLE_MS = 30_000;

async function converseWith(socket: Socket, greeting: Greeting, snapshot: () => Promise<Snapshot>): Promise<void> {
  socket.unref();
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  // Reading reports it too.
  socket.on('error', () => {});
  try {
    await send(socket, greeting);
    for await (const line of readLines(socket, LONGEST_REQUEST)) await send(socket, await answer(line, snapshot));
  } catch {
    // The other side is gone.
  } finally {
    socket.destroySoon();
  }
}

async function answer(line: string | null, snapshot: () => Promise<Snapshot>): Promise<InspectionReply> {
  if (line === null) return { id: 0, error: `a request is at most ${LONGEST_REQUEST} characters long` };
  let request: InspectionRequest;
  try {
    request = readRequest(JSON.parse(line), '');
  } catch (error) {
    return { id: 0, error: `not a request: ${(error as Error).message}` };
  }
  const { id } = request;
  if (request.request !== 'snapshot') return { id, error: 'unknown request: there is only `snapshot`' };
  try {
    return { id, snapshot: await snapshot() };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

/** Resolves once it is sent, or never can be: a client that does not read gets no further answer. */
function send(socket: Socket, message: Greeting | InspectionReply): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed) resolve();
    else socket.write(`${JSON.stringify(message)}\n`, () => resolve());
  });
}

/**
 * Listens at a path. A socket that is there already is a leftover of a dead process with this id if it refuses connections:
 * silence proves nothing, since another thread of this process, or a process of another container, may be busy.
 */
async function listen(server: Server, path: string): Promise<void> {
  try {
    await tryToListen(server, path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw unavailable(path, error);
    const isLeftover = await converse(path, 1000, async () => false).catch(isRefused);
    if (!isLeftover)
      throw new InspectionError(`Somebody listens at ${path} already: one thread of a process can be looked at`);
    unlinkIfThere(path);
    await tryToListen(server, path).catch((cause: unknown) => {
      throw unavailable(path, cause);
    });
  }
}

function isRefused({ cause }: Error): boolean {
  const { code } = (cause ?? {}) as NodeJS.ErrnoException;
  return code === 'ECONNREFUSED' || code === 'ENOENT';
}

function tryToListen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    // Exclusive: a worker of a cluster has a socket of its own, not one that it shares with its primary.
    server.listen({ path, exclusive: true }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function unavailable(path: string, cause: unknown): InspectionError {
  return new InspectionError(`No socket at ${path}: ${(cause as Error).message}`, { cause });
}

function unlinkIfThere(path: string): void {
  try {
    unlinkSync(path);
  } catch {
    // It is gone, or its directory is.
  }
}

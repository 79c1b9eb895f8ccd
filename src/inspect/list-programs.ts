import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { converse } from './client.js';
import type { Greeting } from './protocol.js';
import { processState } from './process-state.js';
import { socketDirectories, socketName } from './socket-path.js';

export interface Program {
  readonly pid: number;
  readonly socket: string;
  /** What the program says of itself; null when it listens but does not answer. */
  readonly greeting: Greeting | null;
}

/**
 * The programs of this user that can be looked at, in order of their process ids. Sockets that dead ones left behind are
 * removed.
 *
 * @param limitMs how long to wait for the answer of each, in ms.
 */
export async function listPrograms(limitMs: number = 1000): Promise<Program[]> {
  const programs = await Promise.all(findSockets().map(([pid, socket]) => meet(pid, socket, limitMs)));
  return programs.filter((program) => program !== null).sort((a, b) => a.pid - b.pid);
}

/** The socket of a process, null when it has none. */
export function findSocket(pid: number): string | null {
  return findSockets().find(([owner]) => owner === pid)?.[1] ?? null;
}

function findSockets(): [pid: number, socket: string][] {
  return socketDirectories().flatMap((directory) =>
    readdirSync(directory).flatMap((name): [number, string][] => {
      const pid = Number.parseInt(name, 10);
      return socketName(pid) === name ? [[pid, join(directory, name)]] : [];
    }),
  );
}

async function meet(pid: number, socket: string, limitMs: number): Promise<Program | null> {
  try {
    return { pid, socket, greeting: await converse(socket, limitMs, async ({ greeting }) => greeting) };
  } catch (error) {
    const { code } = ((error as Error).cause ?? {}) as NodeJS.ErrnoException;
    const isDead = processState(pid) === 'dead';
    // The process may be alive but invisible, in a container that shares the directory. A refused connection proves that it
    // is not. A living one then has only the process id of whoever left the socket, or is about to listen there.
    if (code === 'ECONNREFUSED' && isDead) rmSync(socket, { force: true });
    return isDead || code === 'ECONNREFUSED' || code === 'ENOENT' ? null : { pid, socket, greeting: null };
  }
}

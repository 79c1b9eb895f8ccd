import { readFile, stat } from 'node:fs/promises';
import { text } from 'node:stream/consumers';
import { HeddleError, InspectionError, SnapshotError } from '../base/errors.js';
import { parseSnapshot } from '../blocking-graph/parse-snapshot.js';
import type { Snapshot } from '../blocking-graph/snapshot.js';
import { fetchSnapshot } from '../inspect/fetch-snapshot.js';
import { findSocket } from '../inspect/list-programs.js';
import { processState } from '../inspect/process-state.js';
import { whyUnreadable } from './why-unreadable.js';

/**
 * The snapshot of a running program, given by process id or by socket, or one from a file; `-` is standard input.
 *
 * @param signal no longer waits for a program once it is aborted.
 * @throws InspectionError when a program cannot be looked at, SnapshotError when a file holds no usable snapshot.
 */
export async function loadSnapshot(target: string, signal?: AbortSignal): Promise<Snapshot> {
  if (/^\d{1,10}$/.test(target)) return fetchSnapshot(socketOf(Number(target)), { signal });
  if (target === '-') return parseSnapshot(await text(process.stdin));
  try {
    if ((await stat(target)).isSocket()) return await fetchSnapshot(target, { signal });
    return parseSnapshot(await readFile(target, 'utf8'));
  } catch (error) {
    if (error instanceof InspectionError) throw error;
    if (error instanceof HeddleError) throw new SnapshotError(`${target}: ${error.message}`, { cause: error });
    const why = whyUnreadable(error as NodeJS.ErrnoException);
    const more = (error as NodeJS.ErrnoException).code === 'ENOENT' ? ', and it is no process id' : '';
    throw new SnapshotError(`Cannot read ${target}: ${why}${more}`, { cause: error });
  }
}

function socketOf(pid: number): string {
  const state = processState(pid);
  if (state === 'dead')
    throw new InspectionError(`There is no process ${pid}; \`heddle ps\` lists those that can be looked at`);
  const socket = findSocket(pid);
  if (socket === null && state === 'foreign')
    throw new InspectionError(`Process ${pid} is another user's: run heddle as that user`);
  if (socket === null)
    throw new InspectionError(
      `Process ${pid} runs, but has no socket to look at it: only \`main\` of heddle opens one, not \`run\`, none with ` +
        'HEDDLE_INSPECT=0, and one elsewhere with another temporary directory',
    );
  return socket;
}

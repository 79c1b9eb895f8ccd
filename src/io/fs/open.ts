import { constants, open as nodeOpen, type PathLike } from 'node:fs';
import { checkMode, checkText } from '../../base/check.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { Scope } from '../../fibers/scope.js';
import { File } from './file.js';
import { fsOperation, type Done } from './fs-operation.js';
import { takeRoom, type Room } from './room.js';

/**
 * Opens a file. It belongs to the innermost scope where `open` is called, so with
 * `yield* withTimeout(1000, open(path))` it outlives the timeout; when that scope ends, it is closed.
 *
 * @param flags as in Node: `r` (reading, the default), `r+`, `w` (writing, empties it), `a` (appending), `wx` …
 * @param mode the permissions of a new file; 0o666 unless given, less the process's umask.
 * @throws `IoError`; `OverloadError` if all descriptors are held by fibers that wait for more of them.
 * Suspends: always; when descriptors are short, first until one is free. If cancelled: throws at once, and what is
 * opened late is closed; but with flags that create or empty a file, a call that has begun is waited for and the file
 * returned.
 *
 * @example
 * const file = yield* open('access.log', 'a');
 * yield* file.write(`${line}\n`);
 */
export function open(path: PathLike, flags: string | number = 'r', mode: number = 0o666): Operation<File> {
  if (typeof flags !== 'number') checkText('flags', flags, 'flags such as `r` or `wx`');
  checkMode(mode);
  return openIn(currentFiber('fs.open').scope, path, flags, mode);
}

function* openIn(scope: Scope, path: PathLike, flags: string | number, mode: number): Operation<File> {
  const room = yield* takeRoom('fs.open');
  let fd: number;
  try {
    fd = yield* changesNothing(flags) ? OPEN(path, flags, mode, room) : CREATE(path, flags, mode, room);
  } catch (error) {
    if (!room.asked) room.closed();
    throw error;
  }
  try {
    return new File(fd, String(path), scope, room);
  } catch (error) {
    room.close(fd);
    throw error;
  }
}

function changesNothing(flags: string | number): boolean {
  if (typeof flags === 'number') return (flags & (constants.O_CREAT | constants.O_TRUNC)) === 0;
  return flags.startsWith('r') || flags.startsWith('sr');
}

function start(path: PathLike, flags: string | number, mode: number, room: Room, done: Done<number>): void {
  nodeOpen(path, flags, mode, (error, fd) => {
    if (error) room.closed();
    else room.filled();
    done(error, fd);
  });
  room.asked = true;
}

type Arguments = [PathLike, string | number, number, Room];
const OPEN = fsOperation<Arguments, number>('open', 'forget', start, (fd, _path, _flags, _mode, room) =>
  room.close(fd),
);
const CREATE = fsOperation<Arguments, number>('open', 'wait', start);

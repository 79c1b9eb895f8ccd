import { close, constants, open as nodeOpen, type PathLike } from 'node:fs';
import { checkMode, checkText } from '../../base/check.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import type { DescriptorStock } from '../../fibers/descriptor-stock.js';
import type { Holding } from '../../fibers/holding.js';
import type { Scope } from '../../fibers/scope.js';
import type { Place } from './descriptor.js';
import { File } from './file.js';
import { fsOperation, type Done } from './fs-operation.js';

/**
 * Opens a file. It belongs to the scope that is the innermost one where `open` is called, so a file opened with
 * `yield* withTimeout(1000, open(path))` outlives the timeout; when that scope ends, it is closed.
 *
 * @param flags as Node has them: `r` (reading, the default), `r+`, `w` (writing, empties it), `a` (appending), `wx` …
 * @param mode the permissions of a new file; 0o666 unless given, less the process's umask.
 * @throws `IoError`.
 * Suspends: always. If cancelled: throws at once, and what is opened late is closed; with flags that create or empty
 * a file it waits for the answer and returns it.
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
  const room = new Room(yield* currentFiber('fs.open').loop.descriptors.take());
  let fd: number;
  try {
    fd = yield* changesNothing(flags) ? OPEN(path, flags, mode, room) : CREATE(path, flags, mode, room);
  } catch (error) {
    if (!room.asked) room.refused();
    throw error;
  }
  try {
    return new File(fd, String(path), scope, room);
  } catch (error) {
    room.close(fd);
    throw error;
  }
}

/** Room for a descriptor. It is given back only once the system has closed what it was for, also where nobody waits for that. */
class Room implements Place {
  /** The system was asked for a descriptor: its answer tells what becomes of the room. */
  asked: boolean = false;
  private readonly holding: Holding;

  constructor(holding: Holding) {
    this.holding = holding;
  }

  /** A descriptor has come. */
  filled(): void {
    this.stock.settled();
  }

  /** None comes. */
  refused(): void {
    this.closed();
  }

  closing(): void {
    this.stock.closing();
  }

  closed(): void {
    this.stock.settled();
    this.stock.giveBack(this.holding);
  }

  /** Closes what filled it. Nobody is left who could be told of an error. */
  close(fd: number): void {
    this.closing();
    close(fd, () => this.closed());
  }

  private get stock(): DescriptorStock {
    return this.holding.fiber.loop.descriptors;
  }
}

function changesNothing(flags: string | number): boolean {
  if (typeof flags === 'number') return (flags & (constants.O_CREAT | constants.O_TRUNC)) === 0;
  return flags.startsWith('r') || flags.startsWith('sr');
}

function start(path: PathLike, flags: string | number, mode: number, room: Room, done: Done<number>): void {
  nodeOpen(path, flags, mode, (error, fd) => {
    if (error) room.refused();
    else room.filled();
    done(error, fd);
  });
  room.asked = true;
}

function closeLate(fd: number, ...[, , , room]: Arguments): void {
  room.close(fd);
}

type Arguments = [PathLike, string | number, number, Room];
const OPEN = fsOperation<Arguments, number>('open', 'forget', start, closeLate);
const CREATE = fsOperation<Arguments, number>('open', 'wait', start, closeLate);

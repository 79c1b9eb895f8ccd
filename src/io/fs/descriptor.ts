import { close } from 'node:fs';
import { BusyError, ClosedError } from '../../base/errors.js';
import type { Done } from './fs-operation.js';
import type { Room } from './room.js';

/**
 * An open file's number, and who is using it. It is closed only after every call on it has come back, also those whose
 * fibers have gone: the system gives a closed number to the next file at once, and a late call would act on that one.
 */
export class Descriptor {
  private readonly fd: number;
  private readonly path: string;
  private readonly onClose: () => void;
  private readonly room: Room;
  private uses: number = 0;
  private moving: boolean = false;
  /** Who waits for the closing; null while it has not been asked for. */
  private closers: Done<void>[] | null = null;
  private closed: boolean = false;

  /** @param onClose called when closing is first asked for. */
  constructor(fd: number, path: string, onClose: () => void, room: Room) {
    this.fd = fd;
    this.path = path;
    this.onClose = onClose;
    this.room = room;
  }

  /** No more calls are taken. */
  get isClosed(): boolean {
    return this.closers !== null;
  }

  /** Runs `call` on the number. */
  use<T>(call: (fd: number, done: Done<T>) => void, done: Done<T>): void {
    if (this.closers !== null) throw new ClosedError('The file is closed');
    this.uses++;
    try {
      call(this.fd, (error, result) => {
        this.release();
        done(error && this.named(error), result);
      });
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /** As `use`, for calls that move the file's position: one at a time, or the bytes would be shared out at random. */
  move<T>(call: (fd: number, done: Done<T>) => void, done: Done<T>): void {
    if (this.moving) {
      throw new BusyError(
        'Another fiber is reading or writing at the position of this file: take turns, or pass positions',
      );
    }
    this.use<T>((fd, answered) => {
      this.moving = true;
      try {
        call(fd, (error, result) => {
          this.moving = false;
          answered(error, result);
        });
      } catch (error) {
        this.moving = false;
        throw error;
      }
    }, done);
  }

  /** Closes it once nothing uses it. Closing again only waits. */
  close(done: Done<void>): void {
    if (this.closed) return done(null);
    if (this.closers !== null) return void this.closers.push(done);
    this.closers = [done];
    this.onClose();
    if (this.uses === 0) this.closeNow();
  }

  private release(): void {
    this.uses--;
    if (this.uses === 0 && this.closers !== null) this.closeNow();
  }

  private closeNow(): void {
    this.room.closing();
    close(this.fd, (error) => {
      this.closed = true;
      this.room.closed();
      for (const done of this.closers!) done(error && this.named(error));
    });
  }

  /** Node names a file only where it gets a path: `no space left on device` on one of a thousand is no help. */
  private named(error: NodeJS.ErrnoException): Error {
    if (error.path === undefined) {
      error.path = this.path;
      error.message += ` '${this.path}'`;
    }
    return error;
  }
}

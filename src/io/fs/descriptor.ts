import { close } from 'node:fs';
import { BusyError, ClosedError } from '../../base/errors.js';
import type { Suspension } from '../../fibers/suspension.js';
import { fsError, naming, type Done } from './fs-operation.js';
import type { Room } from './room.js';

/**
 * A file descriptor and the calls that use it. It is closed only after every call on it has returned, even those whose
 * fibers have gone: the system reuses a closed descriptor for the next file at once, and a late call would act on that
 * one.
 */
export class Descriptor {
  private readonly fd: number;
  private readonly path: string;
  private readonly onClose: () => void;
  private readonly room: Room;
  private uses: number = 0;
  private moving: boolean = false;
  /** Who waits for the closing; null while it has not been asked for. */
  private closers: Suspension<void>[] | null = null;
  private closed: boolean = false;

  /** @param onClose called when closing is first asked for. */
  constructor(fd: number, path: string, onClose: () => void, room: Room) {
    this.fd = fd;
    this.path = path;
    this.onClose = onClose;
    this.room = room;
  }

  /** No more calls are accepted. */
  get isClosed(): boolean {
    return this.closers !== null;
  }

  /** Runs `call` on the descriptor. Throws `ClosedError`. */
  use<T>(call: (fd: number, done: Done<T>) => void, done: Done<T>): void {
    if (this.closers !== null) throw new ClosedError('The file is closed');
    this.uses++;
    try {
      call(this.fd, (error, result) => {
        this.release();
        done(error && naming(this.path, error), result);
      });
    } catch (error) {
      this.release();
      throw error;
    }
  }

  /**
   * As `use`, for calls that move the file's position: one at a time, or they would divide the bytes among them at
   * random. Throws `BusyError`.
   */
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

  /** Closes it once nothing uses it, and completes `closer` then. Closing again only waits. */
  close(closer: Suspension<void>): void {
    if (this.closed) return void closer.complete(undefined);
    if (this.closers !== null) return void this.closers.push(closer);
    this.closers = [closer];
    this.onClose();
    if (this.uses === 0) this.closeNow();
  }

  private release(): void {
    this.uses--;
    if (this.uses === 0 && this.closers !== null) this.closeNow();
  }

  private closeNow(): void {
    const closers = this.closers!;
    const fiber = closers[0]!.fiber!;
    const { threadPool } = fiber.loop;
    threadPool.begin(fiber);
    this.room.closing();
    close(this.fd, (error) => {
      threadPool.end();
      this.closed = true;
      this.room.closed();
      for (const closer of closers) {
        if (error) closer.fail(fsError('close', naming(this.path, error)));
        else closer.complete(undefined);
      }
    });
  }
}

import { fdatasync, fstat, fsync, ftruncate, read, type Stats } from 'node:fs';
import { checkInteger } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import { printAs } from '../../base/print-as.js';
import { Label } from '../../fibers/label.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { Suspension, SuspensionKind } from '../../fibers/suspension.js';
import { Descriptor } from './descriptor.js';
import { fsOperation } from './fs-operation.js';
import type { Room } from './room.js';
import { writeAll } from './write-all.js';

/**
 * An open file, made by `open`. It belongs to the scope in which `open` was called and is closed when that ends.
 *
 * `read` and `write` without a position continue where the last such call ended, one at a time (`BusyError`); calls
 * with a position may run concurrently. All throw `IoError`, and `ClosedError` after `close`.
 *
 * Reading a FIFO or a terminal this way occupies one of Node's few file threads until data arrives, and cannot be
 * stopped: use `reader` of `heddle/streams` for those.
 */
export class File {
  readonly path: string;
  private readonly descriptor: Descriptor;

  /** @param room the reserved place of the descriptor. */
  constructor(fd: number, path: string, scope: Scope, room: Room) {
    const untie = ownedBy(scope, () => this.close());
    this.descriptor = new Descriptor(fd, path, untie, room);
    this.path = path;
  }

  get isClosed(): boolean {
    return this.descriptor.isClosed;
  }

  /**
   * Reads up to `length` bytes (64 KiB unless given) at the file's position, and advances it.
   *
   * @returns at least one byte; null at the end of the file.
   * Suspends: always. If cancelled: waits for the system's answer and returns it, so that no byte is lost.
   */
  read(length: number = CHUNK): Operation<Buffer | null> {
    checkInteger('length', length, 1, MAX_LENGTH);
    return READ(this.descriptor, length);
  }

  /**
   * Reads up to `length` bytes from `position`, in bytes from the beginning, and leaves the file's position alone.
   *
   * @returns at least one byte; null at or past the end of the file.
   * Suspends: always. If cancelled: throws at once.
   */
  readAt(position: number, length: number = CHUNK): Operation<Buffer | null> {
    checkInteger('position', position, 0);
    checkInteger('length', length, 1, MAX_LENGTH);
    return READ_AT(this.descriptor, position, length);
  }

  /**
   * Reads into the caller's memory, from `position` or else from the file's position.
   *
   * @returns how many bytes; 0 at the end of the file.
   * Suspends: always. If cancelled: waits for the system's answer and returns it; the memory is not written to later.
   */
  readInto(target: NodeJS.ArrayBufferView, position?: number): Operation<number> {
    if (position === undefined) return READ_INTO(this.descriptor, target);
    checkInteger('position', position, 0);
    return READ_INTO_AT(this.descriptor, target, position);
  }

  /**
   * Writes all of `data`, text as UTF-8, at `position` or else at the file's position. Do not change `data` meanwhile.
   *
   * @throws `IoError`; then a part may have been written.
   * Suspends: always. If cancelled: waits until it is written, and returns.
   */
  write(data: string | NodeJS.ArrayBufferView, position?: number): Operation<void> {
    const bytes = typeof data === 'string' ? Buffer.from(data) : data;
    if (position === undefined) return WRITE(this.descriptor, bytes);
    checkInteger('position', position, 0);
    return WRITE_AT(this.descriptor, bytes, position);
  }

  /** Returns its metadata. Suspends: always. If cancelled: throws at once. */
  stat(): Operation<Stats> {
    return STAT(this.descriptor);
  }

  /**
   * Waits until what was written is on the disk; with `dataOnly`, of the metadata only what is needed to read it.
   *
   * Suspends: always. If cancelled: throws at once, and the system goes on.
   */
  sync(options: { readonly dataOnly?: boolean } = {}): Operation<void> {
    checkKnown('sync', options, { dataOnly: true });
    return options.dataOnly === true ? SYNC_DATA(this.descriptor) : SYNC(this.descriptor);
  }

  /** Makes it `length` bytes long, 0 unless given. Suspends: always. If cancelled: waits for the answer and returns. */
  truncate(length: number = 0): Operation<void> {
    checkInteger('length', length, 0);
    return TRUNCATE(this.descriptor, length);
  }

  /**
   * Closes it once the calls in progress have returned. Closing twice is allowed.
   *
   * Suspends: always. If cancelled, even before it began: closes it all the same.
   */
  close(): Operation<void> {
    return new Suspension<void>(CLOSE, this.descriptor, undefined);
  }
}

printAs(File, 'File', ({ path, isClosed }) => ({ path, isClosed }));

const CHUNK = 64 * 1024;
/** The most that one system call transfers (Linux). */
const MAX_LENGTH = 2 ** 31 - 4096;

const READ = fsOperation<[Descriptor, number], Buffer | null>('read', 'wait', (descriptor, length, done) => {
  const buffer = Buffer.allocUnsafe(length);
  descriptor.move<number>(
    (fd, answered) => read(fd, buffer, 0, length, null, answered),
    (error, count) => done(error, filled(buffer, count)),
  );
});

const READ_AT = fsOperation<[Descriptor, number, number], Buffer | null>(
  'read',
  'forget',
  (descriptor, at, length, done) => {
    const buffer = Buffer.allocUnsafe(length);
    descriptor.use<number>(
      (fd, answered) => read(fd, buffer, 0, length, at, answered),
      (error, count) => done(error, filled(buffer, count)),
    );
  },
);

const READ_INTO = fsOperation<[Descriptor, NodeJS.ArrayBufferView], number>(
  'read',
  'wait',
  (descriptor, target, done) =>
    descriptor.move((fd, answered) => read(fd, target, 0, target.byteLength, null, answered), done),
);

const READ_INTO_AT = fsOperation<[Descriptor, NodeJS.ArrayBufferView, number], number>(
  'read',
  'wait',
  (descriptor, target, at, done) =>
    descriptor.use((fd, answered) => read(fd, target, 0, target.byteLength, at, answered), done),
);

const WRITE = fsOperation<[Descriptor, NodeJS.ArrayBufferView], void>('write', 'wait', (descriptor, data, done) =>
  descriptor.move((fd, answered) => writeAll(fd, data, null, answered), done),
);

const WRITE_AT = fsOperation<[Descriptor, NodeJS.ArrayBufferView, number], void>(
  'write',
  'wait',
  (descriptor, data, at, done) => descriptor.use((fd, answered) => writeAll(fd, data, at, answered), done),
);

const STAT = fsOperation<[Descriptor], Stats>('stat', 'forget', (descriptor, done) =>
  descriptor.use<Stats>((fd, answered) => fstat(fd, answered), done),
);

const SYNC = fsOperation<[Descriptor], void>('sync', 'forget', (descriptor, done) => descriptor.use(fsync, done));

const SYNC_DATA = fsOperation<[Descriptor], void>('sync', 'forget', (descriptor, done) =>
  descriptor.use(fdatasync, done),
);

const TRUNCATE = fsOperation<[Descriptor, number], void>('truncate', 'wait', (descriptor, length, done) =>
  descriptor.use((fd, answered) => ftruncate(fd, length, answered), done),
);

/** It runs in a cancelled fiber, too. */
const CLOSE: SuspensionKind<Descriptor, undefined, void> = new SuspensionKind({
  label: new Label('fs', 'close'),
  arm: (suspension) => suspension.subject.close(suspension),
  abort() {},
  undoable: false,
  uninterruptible: true,
});

function filled(buffer: Buffer, count: number | undefined): Buffer | null {
  return count === undefined || count === 0 ? null : buffer.subarray(0, count);
}

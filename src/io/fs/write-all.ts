import { write } from 'node:fs';
import type { Done } from './fs-operation.js';

/** Writes all of `data`: a single `write` may take less than it was given, for instance when the disk fills up. */
export function writeAll(fd: number, data: NodeJS.ArrayBufferView, position: number | null, done: Done<void>): void {
  const size = data.byteLength;
  const writeFrom = (offset: number): void => {
    write(fd, data, offset, size - offset, position === null ? null : position + offset, (error, count) => {
      if (error !== null) done(error);
      else if (offset + count < size) writeFrom(offset + count);
      else done(null);
    });
  };
  writeFrom(0);
}

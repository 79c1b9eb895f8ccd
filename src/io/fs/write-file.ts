import { appendFile as nodeAppendFile, writeFile as nodeWriteFile, type PathLike } from 'node:fs';
import { checkMode } from '../../base/check.js';
import { checkKnown } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { fsOperation, naming } from './fs-operation.js';
import { takeRoom } from './room.js';

export interface WriteFileOptions {
  /** The permissions of a new file; 0o666 unless given, less the process's umask. */
  readonly mode?: number;
  /** How it is opened: `w` or `a` unless given; `wx` fails if the file exists. */
  readonly flag?: string;
  /** How text is encoded; `utf8` unless given. */
  readonly encoding?: BufferEncoding;
}

/**
 * Writes a whole file, replacing what is there. Do not change `data` meanwhile.
 *
 * @throws `IoError`; then a part may have been written. `OverloadError` as `open`.
 * Suspends: always. If cancelled: throws if it was not begun; else waits until it is written, and returns.
 */
export function writeFile(
  path: PathLike,
  data: string | NodeJS.ArrayBufferView,
  options: WriteFileOptions = {},
): Operation<void> {
  checkWriting('writeFile', options);
  return withRoom('fs.writeFile', WRITE(path, data, options));
}

/** As `writeFile`, but appends to what is there. */
export function appendFile(path: PathLike, data: string | Uint8Array, options: WriteFileOptions = {}): Operation<void> {
  checkWriting('appendFile', options);
  return withRoom('fs.appendFile', APPEND(path, data, options));
}

function checkWriting(f: string, options: WriteFileOptions): void {
  checkKnown(f, options, { mode: true, flag: true, encoding: true });
  if (options.mode !== undefined) checkMode(options.mode);
}

/** Node opens and closes the file within the call. Its answer, for which these calls always wait, means that it is closed. */
function* withRoom(operation: string, call: Operation<void>): Operation<void> {
  const room = yield* takeRoom(operation);
  try {
    yield* call;
  } finally {
    room.closed();
  }
}

const WRITE = fsOperation<[PathLike, string | NodeJS.ArrayBufferView, WriteFileOptions], void>(
  'writeFile',
  'wait',
  (path, data, options, done) =>
    nodeWriteFile(path, data, options, (error) => done(error && naming(String(path), error))),
);
const APPEND = fsOperation<[PathLike, string | Uint8Array, WriteFileOptions], void>(
  'appendFile',
  'wait',
  (path, data, options, done) =>
    nodeAppendFile(path, data, options, (error) => done(error && naming(String(path), error))),
);

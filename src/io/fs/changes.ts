import {
  constants,
  copyFile as nodeCopyFile,
  mkdir as nodeMkdir,
  rename as nodeRename,
  rm,
  symlink as nodeSymlink,
  type PathLike,
} from 'node:fs';
import { checkKnown } from '../../base/known-options.js';
import type { Operation } from '../../fibers/operation.js';
import { fsOperation } from './fs-operation.js';

// Once begun, each of these returns the system's answer even if cancelled: `CancelledError` means that nothing was
// begun.

/**
 * Makes a directory; with `recursive` also its parents, and then it is no error if it exists.
 *
 * @param options.mode its permissions; 0o777 unless given, less the process's umask.
 * @throws `IoError`.
 * Suspends: always. If cancelled: waits for the system's answer and returns it.
 */
export function mkdir(
  path: PathLike,
  options: { readonly recursive?: boolean; readonly mode?: number } = {},
): Operation<void> {
  checkKnown('mkdir', options, { recursive: true, mode: true });
  return MKDIR(path, options);
}

/**
 * Removes a file; with `recursive` also a directory and everything in it. With `force` a missing file is no error.
 *
 * @throws `IoError`.
 * Suspends: always. If cancelled: waits for the system's answer and returns it.
 */
export function remove(
  path: PathLike,
  options: { readonly recursive?: boolean; readonly force?: boolean } = {},
): Operation<void> {
  checkKnown('remove', options, { recursive: true, force: true });
  return REMOVE(path, options);
}

/**
 * Moves a file to another path, replacing what is there.
 *
 * @throws `IoError`.
 * Suspends: always. If cancelled: waits for the system's answer and returns it.
 */
export function rename(from: PathLike, to: PathLike): Operation<void> {
  return RENAME(from, to);
}

/**
 * Copies a file, replacing what is there unless `exclusive`.
 *
 * @throws `IoError`.
 * Suspends: always. If cancelled: waits for the system's answer and returns it.
 */
export function copyFile(
  from: PathLike,
  to: PathLike,
  options: { readonly exclusive?: boolean } = {},
): Operation<void> {
  checkKnown('copyFile', options, { exclusive: true });
  return COPY(from, to, options.exclusive === true ? constants.COPYFILE_EXCL : 0);
}

/**
 * Makes a symbolic link at `path` that points to `target`.
 *
 * @throws `IoError`.
 * Suspends: always. If cancelled: waits for the system's answer and returns it.
 */
export function symlink(target: PathLike, path: PathLike): Operation<void> {
  return SYMLINK(target, path);
}

const MKDIR = fsOperation<[PathLike, { recursive?: boolean; mode?: number }], void>(
  'mkdir',
  'wait',
  (path, options, done) => nodeMkdir(path, options, (error) => done(error)),
);
const REMOVE = fsOperation<[PathLike, { recursive?: boolean; force?: boolean }], void>(
  'remove',
  'wait',
  (path, options, done) => rm(path, options, done),
);
const RENAME = fsOperation<[PathLike, PathLike], void>('rename', 'wait', nodeRename);
const COPY = fsOperation<[PathLike, PathLike, number], void>('copyFile', 'wait', nodeCopyFile);
const SYMLINK = fsOperation<[PathLike, PathLike], void>('symlink', 'wait', (target, path, done) =>
  nodeSymlink(target, path, done),
);

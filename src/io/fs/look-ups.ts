import {
  access,
  lstat as nodeLstat,
  readdir as nodeReaddir,
  readlink as nodeReadlink,
  realpath as nodeRealpath,
  stat as nodeStat,
  type Dirent,
  type PathLike,
  type Stats,
} from 'node:fs';
import { IoError } from '../../base/errors.js';
import type { Operation } from '../../fibers/operation.js';
import { fsOperation } from './fs-operation.js';

// Look-ups change nothing, so a cancelled one throws at once and its answer is dropped.

/**
 * Returns the metadata of a file, following symbolic links. @throws `IoError`. Suspends: always. If cancelled: throws
 * at once.
 */
export function stat(path: PathLike): Operation<Stats> {
  return STAT(path);
}

/** As `stat`, but of a symbolic link itself. */
export function lstat(path: PathLike): Operation<Stats> {
  return LSTAT(path);
}

/**
 * Whether there is such a file. Only `ENOENT` means no: a directory that may not be entered says nothing about what is
 * in it. If the file is to be opened next, open it and handle the error instead.
 *
 * @throws `IoError` for any other error.
 * Suspends: always. If cancelled: throws at once.
 */
export function* exists(path: PathLike): Operation<boolean> {
  try {
    yield* ACCESS(path);
    return true;
  } catch (error) {
    if (error instanceof IoError && error.system === 'ENOENT') return false;
    throw error;
  }
}

/** The names in a directory, in no particular order. @throws `IoError`. Suspends: always. If cancelled: throws at once. */
export function readdir(path: PathLike): Operation<string[]> {
  return READ_NAMES(path);
}

/** As `readdir`, each name with its type. */
export function readEntries(path: PathLike): Operation<Dirent[]> {
  return READ_ENTRIES(path);
}

/** The absolute path without symbolic links. @throws `IoError`. Suspends: always. If cancelled: throws at once. */
export function realpath(path: PathLike): Operation<string> {
  return REALPATH(path);
}

/** The target of a symbolic link. @throws `IoError`. Suspends: always. If cancelled: throws at once. */
export function readlink(path: PathLike): Operation<string> {
  return READLINK(path);
}

const STAT = fsOperation<[PathLike], Stats>('stat', 'forget', (path, done) => nodeStat(path, done));
const LSTAT = fsOperation<[PathLike], Stats>('lstat', 'forget', (path, done) => nodeLstat(path, done));
const ACCESS = fsOperation<[PathLike], void>('exists', 'forget', (path, done) => access(path, done));
const READ_NAMES = fsOperation<[PathLike], string[]>('readdir', 'forget', (path, done) => nodeReaddir(path, done));
const READ_ENTRIES = fsOperation<[PathLike], Dirent[]>('readdir', 'forget', (path, done) =>
  nodeReaddir(path, { withFileTypes: true }, done),
);
const REALPATH = fsOperation<[PathLike], string>('realpath', 'forget', (path, done) => nodeRealpath.native(path, done));
const READLINK = fsOperation<[PathLike], string>('readlink', 'forget', (path, done) => nodeReadlink(path, done));

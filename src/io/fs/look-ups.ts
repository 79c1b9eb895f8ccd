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

// Look-ups change nothing, so all of them are forgotten when they are cancelled.

/** What the system knows of the file, following links. @throws `IoError`. If cancelled: throws at once. */
export function stat(path: PathLike): Operation<Stats> {
  return STAT(path);
}

/** As `stat`, of the link itself. */
export function lstat(path: PathLike): Operation<Stats> {
  return LSTAT(path);
}

/**
 * Whether there is such a file. Only "no such file" (`ENOENT`) means no: a directory that may not be entered says
 * nothing about what is in it. Opening it and handling the error is better where that is what you want to do next.
 *
 * @throws `IoError` for everything else. If cancelled: throws at once.
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

/** The names in a directory, in no order. @throws `IoError`. If cancelled: throws at once. */
export function readdir(path: PathLike): Operation<string[]> {
  return READ_NAMES(path);
}

/** As `readdir`, each with its type. */
export function readEntries(path: PathLike): Operation<Dirent[]> {
  return READ_ENTRIES(path);
}

/** The absolute path without links. @throws `IoError`. If cancelled: throws at once. */
export function realpath(path: PathLike): Operation<string> {
  return REALPATH(path);
}

/** Where a link points. @throws `IoError`. If cancelled: throws at once. */
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

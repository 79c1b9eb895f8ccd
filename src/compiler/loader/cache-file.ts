import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync, writeSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textHash } from '../../base/text-hash.js';
import type { LoaderOptions } from './module-compiler.js';
import { isClosed, isOwn, isSafe } from './own-directory.js';

/**
 * The file for a program's compiled code. It is in a directory for each version of the compiler, which is created if need
 * be: in `HEDDLE_CACHE`, or else in the user's cache directory, or else, where that cannot be written to, among the
 * temporary files.
 *
 * What is in the file runs as the program's code. So its directory must be the user's own and closed to others (mode 0700),
 * and nobody else may be able to replace it, now or later. The same holds for the directory above, unless the user has
 * chosen that.
 *
 * @param maps whether code gets source maps: code with and without is kept apart
 * @returns null if `HEDDLE_CACHE` is `0`, if no directory can be used (which is reported for one in `HEDDLE_CACHE`), or if
 * something that is not a file has the name
 */
export function findCacheFile(options: LoaderOptions, maps: boolean): string | null {
  const chosen = process.env['HEDDLE_CACHE'];
  if (chosen === '0') return null;
  const version = (knownVersion ??= versionOf(options));
  const directory = chosen ? directoryIn(resolve(chosen), version) : directoryInOneOf(places(), version);
  if (directory === null) {
    if (chosen) tellUseless(chosen);
    return null;
  }
  const { program } = options;
  // A collision of hashes does no harm: the records in a file say of which modules they are.
  const name = `${program.slice(-60).replaceAll(/[^\w.-]/g, '_')}-${textHash(`${program} ${maps}`)}`;
  const file = join(directory, name);
  return mayBeFile(file) ? file : null;
}

/** The name of a version's directory. In a place that the user has chosen there may be other things too. */
export const VERSION_DIRECTORY: RegExp = /^heddle-\d+\.\d+\.\d[\w.+-]*-[\da-z]{1,11}$/;

/** Computed once per thread: in a checkout that takes milliseconds. */
let knownVersion: string | undefined;

function places(): string[] {
  const own = cachesOfUser();
  // Everybody shares the directory for temporary files: the user id in the name keeps users apart.
  const temporary = join(tmpdir(), `heddle-cache-${process.getuid?.() ?? ''}`);
  return own === null ? [temporary] : [join(own, 'heddle'), temporary];
}

/** The user's cache directory; null for a user without a home directory, as in some containers. */
function cachesOfUser(): string | null {
  const chosen = process.env['XDG_CACHE_HOME'];
  if (chosen !== undefined && isAbsolute(chosen)) return chosen;
  try {
    const home = homedir();
    return isAbsolute(home) ? join(home, '.cache') : null;
  } catch {
    // Without `HOME` it is looked up among the system's users, where not every user id is listed.
    return null;
  }
}

/**
 * All that compiled code depends on besides the module's text. An installed package is identified by its version; in a
 * checkout the files change without it.
 */
function versionOf({ version, runtime, own }: LoaderOptions): string {
  const changed = own.includes('/node_modules/') ? 0 : newest(fileURLToPath(new URL('compiler/', own)));
  return `heddle-${version}-${textHash(`${runtime} ${changed}`)}`;
}

function newest(directory: string): number {
  const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((file) => /\.c?js$/.test(file));
  return Math.max(0, ...files.map((file) => statSync(join(directory, file)).mtimeMs));
}

function directoryInOneOf(own: readonly string[], version: string): string | null {
  for (const place of own) {
    const directory = directoryIn(place, version, true);
    if (directory !== null) return directory;
  }
  return null;
}

/**
 * The directory of a version in a place, by its real path, so that no link can redirect it later.
 *
 * @param isOurs whether heddle has chosen the place, not the user: somebody else may have created it, or be able to rename
 * it
 * @returns null if there can be no safe one; nothing is created in an unsafe place
 */
function directoryIn(place: string, version: string, isOurs = false): string | null {
  try {
    make(place);
    const real = realpathSync.native(place);
    if (!isSafe(real) || (isOurs && !(isOwn(place) && isSafe(dirname(real))))) return null;
    const directory = join(real, version);
    make(directory);
    return isClosed(directory) ? directory : null;
  } catch {
    return null;
  }
}

/** Not with `recursive`: Node then tries for ever to make a directory in a place such as `/proc`. */
function make(directory: string): void {
  if (existsSync(directory)) return;
  make(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process of the program may have created it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** For a place that the user has chosen. Only once: the loader looks for its file more than once. */
function tellUseless(chosen: string): void {
  if (isTold) return;
  isTold = true;
  try {
    writeSync(
      2,
      `heddle: compiled code is not kept: HEDDLE_CACHE=${chosen} cannot be a directory of your own (mode 0700)\n`,
    );
  } catch {
    // Standard error is closed.
  }
}

let isTold = false;

/**
 * Whether this is a plain file, or nothing yet. Not a pipe, whose reader would wait for ever, a device, which may have no
 * end, or a link, which may lead to either.
 */
function mayBeFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}

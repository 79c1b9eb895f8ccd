import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync, writeSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textHash } from '../../base/text-hash.js';
import type { LoaderOptions } from './module-compiler.js';
import { isClosed, isOwn, isSafe } from './own-directory.js';

/**
 * The file for a program's compiled code: in `HEDDLE_CACHE`, or in the user's directory for such things, or, where a home
 * cannot be written to, among the temporary files; there in a directory for each version of what compiles, which is made
 * if need be.
 *
 * What is in it runs as the program's code. So that directory must be the user's own, and closed to others (mode 0700), and
 * nobody else may be able to put another in its place, now or later. That is so of what it is in, too, unless the user
 * has chosen that.
 *
 * @returns null if no directory can be used, which is said of one in `HEDDLE_CACHE`, if that is `0`, or if something else has
 * the file's name
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
  // Two programs whose texts have one hash do no harm: a file says of which modules it is.
  const name = `${program.slice(-60).replaceAll(/[^\w.-]/g, '_')}-${textHash(`${program} ${maps}`)}`;
  const file = join(directory, name);
  return mayBeFile(file) ? file : null;
}

/** The directory of one version; in a place that the user has named there may be other things too. */
export const VERSION_DIRECTORY: RegExp = /^heddle-\d+\.\d+\.\d[\w.+-]*-[\da-z]{1,11}$/;

/** Of this thread's heddle: in a checkout it takes milliseconds to find out. */
let knownVersion: string | undefined;

function places(): string[] {
  const caches = process.env['XDG_CACHE_HOME'];
  const own = caches !== undefined && isAbsolute(caches) ? caches : join(homedir(), '.cache');
  // Anybody may write to the directory for temporary files: a name of ours keeps users out of each other's way.
  return [join(own, 'heddle'), join(tmpdir(), `heddle-cache-${process.getuid?.() ?? ''}`)];
}

/**
 * All that compiled code depends on besides the module's text. A package's files are told by its version; in a checkout
 * they change under it.
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
 * The directory of a version in a place, under its real name, which no link leads elsewhere later.
 *
 * @param isOurs whether the place is one of ours: anybody can have made it before, or could rename it
 * @returns null if there can be none that is safe; nothing is made in a place that is not
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

/** By hand, since Node tries for ever to make a directory with all above it in a place such as `/proc`. */
function make(directory: string): void {
  if (existsSync(directory)) return;
  make(dirname(directory));
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (error) {
    // Another process of the program may have made it meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Whoever has named a place wants a cache. Once: the loader looks for its file more than once. */
function tellUseless(chosen: string): void {
  if (isTold) return;
  isTold = true;
  try {
    writeSync(
      2,
      `heddle: compiled code is not kept: HEDDLE_CACHE=${chosen} cannot be a directory of your own (mode 0700)\n`,
    );
  } catch {
    // Nobody listens.
  }
}

let isTold = false;

/** Not so a pipe, whose reader would wait for ever, a device, which may have no end, or a link, which may lead to either. */
function mayBeFile(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() ?? true;
}

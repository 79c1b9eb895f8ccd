import { lstatSync, mkdirSync, type Stats } from 'node:fs';
import { tmpdir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { InspectionError } from '../base/errors.js';

/**
 * Where programs have the sockets through which they can be looked at: a directory that only its owner can enter
 * (mode 0700). That, and not the mode of the sockets, keeps other users out, since between its creation and a `chmod`
 * a socket has whatever mode the umask gives it.
 */

/** Windows has no sockets in its file systems that only their owner can reach. */
export function hasInspection(): boolean {
  return process.platform !== 'win32';
}

/**
 * The directory for sockets of this user, created if need be: `$XDG_RUNTIME_DIR/heddle` where that place is there and ours,
 * else `heddle-<uid>` in the directory for temporary files, where anybody may have put something of that name.
 *
 * @throws InspectionError when what is there is no directory, a link, somebody else's, or open to others.
 */
export function socketDirectory(): string {
  const runtime = runtimeDirectory();
  const directory = runtime === null ? temporaryDirectory() : join(runtime, 'heddle');
  try {
    mkdirSync(directory, { mode: 0o700 });
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST')
      throw new InspectionError(`No directory for sockets: ${(cause as Error).message}`, { cause });
  }
  const flaw = flawOf(directory);
  if (flaw !== null)
    throw new InspectionError(`The directory for sockets, ${directory}, ${flaw}: remove it, or mend it`);
  return directory;
}

/**
 * The directories in which programs of this user may have their sockets. More than one, since a service is often
 * started without the `XDG_RUNTIME_DIR` that its administrator's shell has. Those that are missing or unsafe are left
 * out: a stranger's socket could say anything.
 */
export function socketDirectories(): string[] {
  if (!hasInspection())
    throw new InspectionError(
      'On Windows no program can be looked at from outside: let it write `JSON.stringify(await runtime.snapshot())` to a file, ' +
        'and run `heddle graph FILE`',
    );
  const runtime = [runtimeDirectory(), `/run/user/${userId()}`].filter((directory) => directory !== null);
  const directories = [...runtime.map((directory) => join(directory, 'heddle')), temporaryDirectory()];
  return [...new Set(directories)].filter((directory) => flawOf(directory) === null);
}

/** The file name of a process's socket. */
export function socketName(pid: number): string {
  return `${pid}.sock`;
}

/**
 * Where a program with this process id has its socket, if it has one.
 *
 * @throws InspectionError as `socketDirectory`, and when the path is too long for a socket.
 */
export function socketPath(pid: number): string {
  const path = join(socketDirectory(), socketName(pid));
  if (Buffer.byteLength(path) > LONGEST_PATH)
    throw new InspectionError(`The path ${path} is too long for a socket: set XDG_RUNTIME_DIR to a shorter one`);
  return path;
}

/** Socket addresses have room for 104 bytes on macOS and 108 on Linux, with a zero at the end. */
const LONGEST_PATH = 103;

function runtimeDirectory(): string | null {
  const directory = process.env['XDG_RUNTIME_DIR'];
  if (directory === undefined || !isAbsolute(directory)) return null;
  return stat(directory)?.uid === userId() ? directory : null;
}

function temporaryDirectory(): string {
  return join(tmpdir(), `heddle-${userId()}`);
}

/** Why a directory is not to be trusted; null when it is. */
function flawOf(directory: string): string | null {
  const stats = stat(directory);
  if (stats === null) return 'does not exist, or is out of reach';
  if (!stats.isDirectory()) return stats.isSymbolicLink() ? 'is a symbolic link' : 'is not a directory';
  if (stats.uid !== userId()) return `belongs to another user (uid ${stats.uid})`;
  if ((stats.mode & 0o077) !== 0) return `is open to other users (mode ${(stats.mode & 0o777).toString(8)}, not 700)`;
  return null;
}

/** Of what has this path, not of what it links to. Null where nothing is, or nothing that this user may look at. */
function stat(path: string): Stats | null {
  try {
    return lstatSync(path);
  } catch {
    return null;
  }
}

/** There are user ids wherever `hasInspection`. */
function userId(): number {
  return process.getuid!();
}

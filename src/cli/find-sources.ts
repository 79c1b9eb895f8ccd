import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ArgumentError } from '../base/errors.js';

const SOURCE = /(?<!\.d)\.[cm]?[jt]sx?$/;
const LEFT_OUT: ReadonlySet<string> = new Set(['node_modules', 'dist', '.git']);

/**
 * The files that are meant: files that were named, whatever they are, and the JavaScript and TypeScript files below
 * directories, without packages, builds and what Git ignores.
 *
 * @throws ArgumentError for a path that does not exist.
 */
export function findSources(paths: readonly string[]): string[] {
  return [...new Set(paths.flatMap((path) => (isDirectory(path) ? below(path) : [path])))].sort();
}

function isDirectory(path: string): boolean {
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined) throw new ArgumentError(`There is no file or directory \`${path}\``);
  return stats.isDirectory();
}

/**
 * Asks Git, since it alone knows what its patterns mean. Where it knows of no file there is no repository, or it ignores
 * the directory: then all files count.
 */
function below(directory: string): string[] {
  const found = listedByGit(directory) ?? everyFile(directory);
  return found
    .filter((path) => SOURCE.test(path) && !path.split(/[\\/]/).some((name) => LEFT_OUT.has(name)))
    .map((path) => join(directory, path));
}

function listedByGit(directory: string): string[] | null {
  // Without a file system monitor: a repository's configuration may name any command as that, and Git would run it.
  const options = ['-c', 'core.fsmonitor=false', 'ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const { status, stdout } = spawnSync('git', options, {
    cwd: directory,
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (status !== 0 || stdout === '') return null;
  return stdout.split('\0').filter((path) => isFile(join(directory, path)));
}

/** Git also lists what was deleted but not committed, and links that are broken or circular. */
function isFile(path: string): boolean {
  try {
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

function everyFile(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory() && !LEFT_OUT.has(entry.name))
      return everyFile(join(directory, entry.name)).map((path) => join(entry.name, path));
    return entry.isFile() ? [entry.name] : [];
  });
}

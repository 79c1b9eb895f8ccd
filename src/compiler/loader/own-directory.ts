import { lstatSync, statSync } from 'node:fs';

/** Undefined on Windows, where a user's directories are closed to others anyway. */
const user = process.getuid?.();

const ANY_ACCESS = 0o077;
const WRITE_ACCESS = 0o022;
/** In a directory with this bit, such as `/tmp`, nobody can rename or remove what is somebody else's. */
const STICKY = 0o1000;

/** Whether what has this path is the user's own; of a link, the link itself. */
export function isOwn(path: string): boolean {
  return user === undefined || lstatSync(path).uid === user;
}

/** Whether this is a directory of the user's that is closed to others (mode 0700). */
export function isClosed(path: string): boolean {
  const stats = lstatSync(path);
  return stats.isDirectory() && (user === undefined || (stats.uid === user && (stats.mode & ANY_ACCESS) === 0));
}

/** Whether nobody else (but the administrator) can replace what the user has in this directory. */
export function isSafe(path: string): boolean {
  const stats = statSync(path);
  if (!stats.isDirectory()) return false;
  if (user === undefined) return true;
  return (stats.uid === user || stats.uid === 0) && ((stats.mode & WRITE_ACCESS) === 0 || (stats.mode & STICKY) !== 0);
}

import { lstatSync, lutimesSync, readdirSync, rmdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { VERSION_DIRECTORY } from './cache-file.js';
import { isClosed } from './own-directory.js';

const DAY = 24 * 60 * 60 * 1000;
const KEPT = 30 * DAY;

/**
 * Removes what has not been used for 30 days, of all versions, at most once a day. Use shows in a file's access time; where
 * the file system keeps none, a program is compiled anew after 30 days.
 *
 * @param root the directory that holds those of all versions
 * @param now in ms since the epoch, by the clock of the file system
 */
export function sweepCaches(root: string, now: number): void {
  const mark = join(root, 'swept');
  const last = lstatSync(mark, { throwIfNoEntry: false });
  if (last !== undefined && (now - last.mtimeMs < DAY || !last.isFile())) return;
  // Neither truncated nor followed: in a place that the user has chosen, something else may have this name.
  if (last === undefined) writeFileSync(mark, '', { mode: 0o600, flag: 'wx' });
  else lutimesSync(mark, now / 1000, now / 1000);
  for (const name of readdirSync(root)) {
    const version = join(root, name);
    if (VERSION_DIRECTORY.test(name) && isClosed(version)) sweepVersion(version, now);
  }
}

function sweepVersion(directory: string, now: number): void {
  let left = 0;
  for (const name of readdirSync(directory)) {
    const file = join(directory, name);
    const { atimeMs, mtimeMs } = lstatSync(file);
    if (now - Math.max(atimeMs, mtimeMs) > KEPT) unlinkSync(file);
    else left += 1;
  }
  if (left === 0) rmdirSync(directory);
}

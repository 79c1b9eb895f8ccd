import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';

/**
 * Renames the results at `path`, if there are some other than `text`, by the time at which they were written: hours of
 * measuring must not be lost to a second run. Answers the new name, or null.
 */
export function keepEarlier(path: string, text: string | undefined): string | null {
  if (!existsSync(path)) return null;
  const earlier = readFileSync(path, 'utf8');
  if (earlier === '' || earlier === text) return null;
  const written = statSync(path).mtime.toISOString().replace(/:/g, '-');
  const kept = path.replace(/(?=\.jsonl$)/, `-${written}`);
  renameSync(path, kept);
  return kept;
}

import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The URL of the command-line program of the copy of heddle that `program` imports; null if that is this copy, or there
 * is none. The copies differ if heddle is also installed globally, or several times in one repository.
 */
export function ownCommand(program: string): string | null {
  const { resolve } = createRequire(realpathSync(program));
  let found: string;
  try {
    found = realpathSync(resolve('heddle/package.json'));
  } catch {
    return null;
  }
  if (found === realpathSync(fileURLToPath(new URL('../../package.json', import.meta.url)))) return null;
  const { bin } = createRequire(found)(found) as { bin: { heddle: string } };
  return new URL(bin.heddle, pathToFileURL(found)).href;
}

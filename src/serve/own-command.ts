import { realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath, pathToFileURL } from 'node:url';

/**
 * The command line of the copy of heddle that a program imports, as a URL; null if that is this copy, or there is none.
 * They differ where heddle was installed globally too, or several times in one repository.
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

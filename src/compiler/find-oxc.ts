import { createRequire } from 'node:module';

type Oxc = typeof import('oxc-parser');

/**
 * The parser, or null where it has no binding for the machine.
 *
 * Required when it is needed: it takes some milliseconds to load, and throws where there is no binding. (`import()`
 * cannot wait in a synchronous hook, and a module that waited for it at its top could not be required.)
 */
export function findOxc(): Oxc | null {
  if (found === undefined) {
    try {
      found = createRequire(import.meta.url)('oxc-parser') as Oxc;
    } catch {
      found = null;
    }
  }
  return found;
}

let found: Oxc | null | undefined;

import { createRequire } from 'node:module';

type Oxc = typeof import('oxc-parser');

/**
 * oxc's parser, or null where it has no native binding for this machine.
 *
 * Loaded with `require` on first use: that takes some milliseconds, and throws where there is no binding. (A synchronous
 * hook cannot wait for `import()`, and a module with a top-level `await` for it could not be required.)
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

import { mkdtemp, rm } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expected } from '../../base/check.js';
import { currentFiber } from '../../fibers/current.js';
import type { Operation } from '../../fibers/operation.js';
import { ownedBy } from '../../fibers/owned.js';
import type { Scope } from '../../fibers/scope.js';
import { remove } from './changes.js';
import { fsOperation } from './fs-operation.js';

/**
 * Makes an empty directory in the system's directory for temporary files. It belongs to the innermost scope where this
 * is called and is removed, with everything in it, when that ends.
 *
 * @param prefix the beginning of its name; `heddle-` unless given.
 * @returns its path.
 * @throws `IoError`.
 * Suspends: always. If cancelled: waits for the answer and returns it.
 */
export function tempDirectory(prefix: string = 'heddle-'): Operation<string> {
  if (typeof prefix !== 'string') throw expected('prefix', 'a text', prefix);
  return make(currentFiber('fs.tempDirectory').scope, join(tmpdir(), prefix));
}

function* make(scope: Scope, prefix: string): Operation<string> {
  const path = yield* MAKE(prefix);
  const close = (): Operation<void> => remove(path, { recursive: true, force: true });
  ownedBy(scope, close, () => removeLate(path));
  return path;
}

/** Without a callback: nobody is left to report an error to. */
function removeLate(path: string): void {
  rm(path, { recursive: true, force: true }, () => {});
}

const MAKE = fsOperation<[string], string>('tempDirectory', 'wait', (prefix, done) => mkdtemp(prefix, done));

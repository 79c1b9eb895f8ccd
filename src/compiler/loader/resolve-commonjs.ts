import { Module } from 'node:module';
import { pathToFileURL } from 'node:url';
import type { Selection } from '../selection.js';
import { sourceIfMissing } from './resolve-hook.js';

/** Node's function; `parent` is the module that requires. */
type Resolve = (this: unknown, request: string, parent: Module | undefined, ...rest: unknown[]) => string;

/**
 * Does for `require` what the resolve hook does. The hook does not see every `require`: on Node 22 not those of CommonJS
 * that is imported.
 */
export function resolveCommonJs(selects: Selection): void {
  const loader = Module as unknown as { _resolveFilename: Resolve };
  const resolve = loader._resolveFilename;
  loader._resolveFilename = function (request, parent, ...rest) {
    try {
      return resolve.call(this, request, parent, ...rest);
    } catch (error) {
      const parentUrl = parent?.filename ? pathToFileURL(parent.filename).href : undefined;
      const source = sourceIfMissing(error, request, parentUrl, selects);
      if (source === null) throw error;
      try {
        return resolve.call(this, source, parent, ...rest);
      } catch {
        throw error;
      }
    }
  };
}

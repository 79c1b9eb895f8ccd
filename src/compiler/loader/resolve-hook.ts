import type { ResolveFnOutput, ResolveHookContext } from 'node:module';
import type { Selection } from '../selection.js';
import { sourceName } from './source-name.js';

/** A resolve hook that runs in the thread of the program. */
export type SyncResolveHook = (
  specifier: string,
  context: ResolveHookContext,
  nextResolve: (specifier: string, context?: ResolveHookContext) => ResolveFnOutput,
) => ResolveFnOutput;

/**
 * Finds `pool.ts` where TypeScript imports `./pool.js` and there is no such file. A specifier that Node resolves costs only
 * a call.
 */
export function makeResolveHook(selects: Selection): SyncResolveHook {
  return (specifier, context, nextResolve) => {
    try {
      return nextResolve(specifier, context);
    } catch (error) {
      const source = sourceIfMissing(error, specifier, context.parentURL, selects);
      if (source === null) throw error;
      try {
        return nextResolve(source, context);
      } catch {
        throw error;
      }
    }
  };
}

/** The specifier to try in place of one that was not found; null if there is none. */
export function sourceIfMissing(
  error: unknown,
  specifier: string,
  parentUrl: string | undefined,
  selects: Selection,
): string | null {
  const { code } = (error ?? {}) as NodeJS.ErrnoException;
  if (code !== 'ERR_MODULE_NOT_FOUND' && code !== 'MODULE_NOT_FOUND') return null;
  return parentUrl !== undefined && selects(parentUrl) ? sourceName(specifier, parentUrl) : null;
}

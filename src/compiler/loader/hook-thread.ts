import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { startCompilerThread } from './compiler-thread.js';
import { findCode, makeRequest, replaceCode } from './load-hook.js';
import { ModuleCompiler, type LoaderOptions } from './module-compiler.js';
import { sourceIfMissing } from './resolve-hook.js';

/** What runs in the thread with hooks, where Node has no sound ones in that of the program. */

let compiler: ModuleCompiler;

/** Called by Node when the hooks are registered. */
export const initialize: InitializeHook<LoaderOptions> = (options) => {
  // In yet another thread: what is needed only sometimes cannot be required in this one.
  compiler = new ModuleCompiler(options, startCompilerThread);
};

/** Called by Node for each import: as `makeResolveHook` has it. */
export const resolve: ResolveHook = async (specifier, context, nextResolve) => {
  try {
    return await nextResolve(specifier, context);
  } catch (error) {
    const source = sourceIfMissing(error, specifier, context.parentURL, compiler.selects);
    if (source === null) throw error;
    return await Promise.resolve(nextResolve(source, context)).catch(() => Promise.reject(error));
  }
};

/** Called by Node for each module. */
export const load: LoadHook = async (url, context, nextLoad) => {
  if (!compiler.selects(url)) return nextLoad(url, context);
  const request = makeRequest(url, context);
  const found = await nextLoad(url, request.context);
  const code = findCode(found, request);
  const loaded = code === null ? found : replaceCode(found, code, await compiler.compileLater(url, ...code));
  // The program's thread shall read CommonJS itself: it compiles it there, and `require` is the ordinary one.
  return request.strip !== undefined && loaded.format === 'commonjs' ? { format: 'commonjs' } : loaded;
};

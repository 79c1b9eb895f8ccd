import type { InitializeHook, LoadHook, ResolveHook } from 'node:module';
import { startCompilerThread } from './compiler-thread.js';
import { findCode, makeRequest, replaceCode } from './load-hook.js';
import { ModuleCompiler, type LoaderOptions } from './module-compiler.js';
import { sourceIfMissing } from './resolve-hook.js';

/** Entry point of the hooks thread, for Nodes that have no sound hooks in the program's thread. */

let compiler: ModuleCompiler;

/** Called by Node when the hooks are registered. */
export const initialize: InitializeHook<LoaderOptions> = (options) => {
  // Compiles in yet another thread: in this one the compiler could not be required on demand.
  compiler = new ModuleCompiler(options, startCompilerThread);
};

/** Called by Node for each import. It does what the hook of `makeResolveHook` does. */
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
  // Without the source, the program's thread reads CommonJS itself: it is compiled there, and `require` is the ordinary
  // one.
  return request.strip !== undefined && loaded.format === 'commonjs' ? { format: 'commonjs' } : loaded;
};

import { createRequire, type InitializeHook, type LoadHook } from 'node:module';
import { compileLoaded, makeRequest } from './load-hook.js';
import { ModuleCompiler, type FindCompiler, type LoaderOptions } from './module-compiler.js';

/** What runs in the thread with hooks, where Node has no others. */

let compiler: ModuleCompiler;

/** In this thread: the program is in another one. */
const findCompiler: FindCompiler = () => {
  const require = createRequire(import.meta.url);
  return (require('./compile-source.js') as typeof import('./compile-source.js')).compileSource;
};

/** Called by Node when the hooks are registered. */
export const initialize: InitializeHook<LoaderOptions> = (options) => {
  compiler = new ModuleCompiler(options, findCompiler);
};

/** Called by Node for each module. */
export const load: LoadHook = async (url, context, nextLoad) => {
  if (!compiler.selects(url)) return nextLoad(url, context);
  const request = makeRequest(url, context);
  const loaded = compileLoaded(compiler, url, await nextLoad(url, request.context), request);
  // The program's thread shall read CommonJS itself: it compiles it there, and `require` is the ordinary one.
  return request.strip !== undefined && loaded.format === 'commonjs' ? { format: 'commonjs' } : loaded;
};

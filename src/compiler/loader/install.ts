import * as nodeModule from 'node:module';
import { compileCommonJs } from './compile-commonjs.js';
import type { startCompilerThread } from './compiler-thread.js';
import { makeLoadHook, type SyncLoadHook } from './load-hook.js';
import { ModuleCompiler, type Compiler, type FindCompiler, type LoaderOptions } from './module-compiler.js';
import { hasSoundHooks } from './node-abilities.js';
import type { installOnOlderNode } from './older-node.js';
import { resolveCommonJs } from './resolve-commonjs.js';
import { makeResolveHook, type SyncResolveHook } from './resolve-hook.js';

/** Node's newer way to hook into loading. */
type RegisterHooks = (hooks: { load?: SyncLoadHook; resolve?: SyncResolveHook }) => unknown;

/**
 * Where `commonjs-runtime.cts` finds the run-time half. Shared by all copies of heddle in a thread: the first one compiles.
 */
const RUNTIME = Symbol.for('heddle.compiled');

/** For what not every start needs. Hooks are synchronous, and every supported Node can `require` an ECMAScript module. */
const require = nodeModule.createRequire(import.meta.url);

/**
 * Compiles the modules that are loaded from now on in this thread. Does nothing where another copy of heddle does so
 * already.
 *
 * @param runtime the run-time half itself
 */
export function install(options: LoaderOptions, runtime: object): void {
  const shared = globalThis as { [RUNTIME]?: object };
  if (shared[RUNTIME] !== undefined) return;
  shared[RUNTIME] = runtime;
  const compiler = new ModuleCompiler(options, findCompiler);
  if (hasSoundHooks) {
    const { registerHooks } = nodeModule as unknown as { registerHooks: RegisterHooks };
    // A program without TypeScript does not pay for these.
    const onTypeScript = (): void => {
      registerHooks({ resolve: makeResolveHook(compiler.selects) });
      resolveCommonJs(compiler.selects);
    };
    registerHooks({ load: makeLoadHook(compiler, onTypeScript) });
    compileCommonJs(compiler);
    compiler.lookAhead();
  } else {
    const older = require('./older-node.js') as { installOnOlderNode: typeof installOnOlderNode };
    older.installOnOlderNode(compiler, options);
  }
}

/** In a thread of its own, or here if the program may not have threads (`--permission`). */
const findCompiler: FindCompiler = (prospect) => {
  try {
    const thread = require('./compiler-thread.js') as { startCompilerThread: typeof startCompilerThread };
    return thread.startCompilerThread(prospect);
  } catch {
    const compile: Compiler['compile'] = (...module) =>
      (require('./compile-source.js') as typeof import('./compile-source.js')).compileSource(...module);
    return { compile, compileLater: async (...module) => compile(...module) };
  }
};

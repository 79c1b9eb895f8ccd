import * as nodeModule from 'node:module';
import { compileCommonJs } from './compile-commonjs.js';
import { compileWhatLoaderReads } from './loader-reads.js';
import type { LoaderOptions, ModuleCompiler } from './module-compiler.js';
import { readsByFs } from './node-abilities.js';
import { resolveCommonJs } from './resolve-commonjs.js';

/** Part of Node that is loaded when somebody has registered hooks that run in a thread. */
const HOOKS = 'NativeModule internal/modules/esm/hooks';

/**
 * Hooks into Node where it has no sound hooks in the thread of the program. There is a thread of hooks then, which takes
 * 40 ms to start, and a message for each module and for each import. So where it can be done without, it is started only
 * for the hooks of others (tsx), who have started it anyway, and where TypeScript imports a file by the name that it will have
 * once it is compiled. What neither way sees is what a *required* ECMAScript module imports.
 */
export function installOnOlderNode(compiler: ModuleCompiler, options: LoaderOptions): void {
  const { register } = nodeModule;
  let threaded = false;

  function useThread(): void {
    if (threaded) return;
    threaded = true;
    try {
      // That thread cannot see whether somebody reads source maps.
      register(new URL('./hook-thread.js', import.meta.url), { data: { ...options, maps: true } });
    } catch (error) {
      // With `--permission` a program may have no threads.
      console.error(`heddle: left ECMAScript modules alone: ${(error as Error).message}`);
    }
  }

  compileCommonJs(compiler);
  resolveCommonJs(compiler.selects);
  if (readsByFs) compileWhatLoaderReads(compiler, useThread);
  if (!readsByFs || hooksAreRunning()) useThread();
  else compiler.lookAhead();
  // Hooks that others register from now on shall have ours below them, as if ours had been registered in that way.
  (nodeModule.default as { register: typeof register }).register = ((...args: Parameters<typeof register>) => {
    useThread();
    register(...args);
  }) as typeof register;
  nodeModule.syncBuiltinESMExports();
}

function hooksAreRunning(): boolean {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: readonly string[] };
  return moduleLoadList?.includes(HOOKS) ?? true;
}

import * as nodeModule from 'node:module';
import { compileCommonJs } from './compile-commonjs.js';
import { compileWhatLoaderReads } from './loader-reads.js';
import type { LoaderOptions, ModuleCompiler } from './module-compiler.js';
import { needsResolveHook } from './needs-resolve-hook.js';
import { readsByFs } from './node-abilities.js';
import { resolveCommonJs } from './resolve-commonjs.js';

/** A part of Node that is loaded once somebody has registered hooks that run in a thread. */
const HOOKS = 'NativeModule internal/modules/esm/hooks';

/**
 * Hooks into a Node that has no sound hooks in the program's thread. What it has is a hooks thread, which takes 40 ms to
 * start, and a message for each module and for each import. So where possible (`readsByFs`) that thread is started only if
 * others (tsx) have hooks and have started it anyway, or if TypeScript imports a file by the name that it will have once it
 * is compiled. Neither way sees what a *required* ECMAScript module imports.
 */
export function installOnOlderNode(compiler: ModuleCompiler, options: LoaderOptions): void {
  const { register } = nodeModule;
  let threaded = false;

  function useThread(): void {
    if (threaded) return;
    threaded = true;
    try {
      // That thread cannot see whether anything reads source maps.
      register(new URL('./hook-thread.js', import.meta.url), { data: { ...options, maps: true } });
    } catch (error) {
      // With `--permission` a program may not be allowed threads.
      console.error(`heddle: left ECMAScript modules alone: ${(error as Error).message}`);
    }
  }

  compileCommonJs(compiler, (text, url) => {
    // What is required needs no hook.
    if (!threaded && /\bimport\s*\(/.test(text) && needsResolveHook(text, url)) useThread();
  });
  resolveCommonJs(compiler.selects);
  if (readsByFs) compileWhatLoaderReads(compiler, useThread);
  if (!readsByFs || hooksAreRunning()) useThread();
  else compiler.lookAhead();
  // Hooks that others register from now on have to run before ours, as if ours had been registered earlier.
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

import * as nodeModule from 'node:module';
import { compileCommonJs } from './compile-commonjs.js';
import { compileWhatLoaderReads } from './loader-reads.js';
import type { LoaderOptions, ModuleCompiler } from './module-compiler.js';
import { readsByFs } from './node-abilities.js';

const TYPESCRIPT = /\.[cm]?ts$/;

/** Part of Node that is loaded when somebody has registered hooks that run in a thread. */
const HOOKS = 'NativeModule internal/modules/esm/hooks';

/**
 * Hooks into Node where it has no sound hooks in the thread of the program. There is a thread of hooks then, which takes
 * 40 ms to start, and two messages for each module. So where it can be done without, it is started only for what needs
 * it: TypeScript that is imported, and the hooks of others (tsx), who have started it anyway. What neither way sees is
 * what a *required* ECMAScript module imports.
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

  function heed(source: string | Buffer): void {
    if (!threaded && mentionsTypeScript(source)) useThread();
  }

  compileCommonJs(compiler, heed);
  if (readsByFs) compileWhatLoaderReads(compiler, heed);
  if (!readsByFs || TYPESCRIPT.test(process.argv[1] ?? '') || hooksAreRunning()) useThread();
  else compiler.lookAhead();
  // Hooks that others register from now on shall have ours below them, as if ours had been registered in that way.
  (nodeModule.default as { register: typeof register }).register = ((...args: Parameters<typeof register>) => {
    useThread();
    register(...args);
  }) as typeof register;
  nodeModule.syncBuiltinESMExports();
}

/**
 * Whether a text may import TypeScript. What computes the names of its imports is not seen. Bytes are searched before
 * text is made of them, which takes several times as long.
 */
function mentionsTypeScript(source: string | Buffer): boolean {
  return ["ts'", 'ts"', 'ts`'].some((end) => source.includes(end)) && /\.[cm]?ts['"`]/.test(source.toString('latin1'));
}

function hooksAreRunning(): boolean {
  const { moduleLoadList } = process as unknown as { moduleLoadList?: readonly string[] };
  return moduleLoadList?.includes(HOOKS) ?? true;
}

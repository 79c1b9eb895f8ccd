import type { LoadFnOutput, LoadHookContext } from 'node:module';
import type { CompiledModule } from './code-cache.js';
import type { ModuleCompiler, ModuleSource } from './module-compiler.js';
import { kindOfFormat, kindToStrip, type ModuleKind } from './module-kind.js';
import { onlyRemovesTypes } from './node-abilities.js';
import { isTypeScript } from './source-name.js';

/** A load hook that runs in the thread of the program. */
export type SyncLoadHook = (
  url: string,
  context: LoadHookContext,
  nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
) => LoadFnOutput;

/** What is asked of the hooks that come next. */
export interface LoadRequest {
  readonly context: LoadHookContext;
  /** Of which kind a TypeScript module is that Node does not know as such; undefined for all others. */
  readonly strip: ModuleKind | undefined;
}

/**
 * The hook: what the hooks before it and Node itself have loaded is compiled. Coming last it sees what they have made
 * of the file (tsx: JavaScript with a source map).
 *
 * @param onTypeScript is called when the first module in TypeScript is about to be loaded
 */
export function makeLoadHook(compiler: ModuleCompiler, onTypeScript: () => void): SyncLoadHook {
  let hasTypeScript = false;
  return (url, context, nextLoad) => {
    if (!compiler.selects(url)) return nextLoad(url, context);
    if (!hasTypeScript && isTypeScript(url)) {
      hasTypeScript = true;
      onTypeScript();
    }
    const request = makeRequest(url, context);
    const loaded = nextLoad(url, request.context);
    const code = findCode(loaded, request);
    return code === null ? loaded : replaceCode(loaded, code, compiler.compile(url, ...code));
  };
}

/** For extensions that it does not know Node must be told a format: only then does it read the file. */
export function makeRequest(url: string, context: LoadHookContext): LoadRequest {
  const strip = context.format ? undefined : kindToStrip(url);
  return { strip, context: strip === undefined ? context : { ...context, format: strip ?? 'module' } };
}

/** What `ModuleCompiler` wants to know of what was loaded. */
export type LoadedCode = readonly [kind: ModuleKind, source: ModuleSource, strip: boolean];

/**
 * Null if it is no code, or not for us to see.
 *
 * Modules whose types Node would remove lose them too: Node does that at each start, which takes longer than all the rest
 * of it, and what is compiled is kept. CommonJS, of which Node has several loaders, stays TypeScript.
 */
export function findCode({ format, source }: LoadFnOutput, { strip }: LoadRequest): LoadedCode | null {
  const kind = strip === undefined ? kindOfFormat(format) : strip;
  if (kind === undefined || source === undefined || source === null) return null;
  return [kind, source, strip !== undefined || (onlyRemovesTypes && format === 'module-typescript')];
}

/** Puts compiled code in the place of what was loaded. */
export function replaceCode(
  loaded: LoadFnOutput,
  [, , strip]: LoadedCode,
  compiled: CompiledModule | null,
): LoadFnOutput {
  if (compiled === null || compiled.code === null) return loaded;
  return { ...loaded, source: compiled.code, format: strip ? compiled.kind : loaded.format };
}

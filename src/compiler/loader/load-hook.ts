import { readFileSync } from 'node:fs';
import type { LoadFnOutput, LoadHookContext } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { CompiledModule } from './code-cache.js';
import type { ModuleCompiler, ModuleSource } from './module-compiler.js';
import { kindOfFormat, kindToStrip, type ModuleKind } from './module-kind.js';
import { onlyRemovesTypes, requiresFromTypeScript } from './node-abilities.js';
import { isTypeScript } from './source-name.js';

/** A load hook that runs in the thread of the program. */
export type SyncLoadHook = (
  url: string,
  context: LoadHookContext,
  nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
) => LoadFnOutput;

/** How a module is requested from the next hook. */
export interface LoadRequest {
  readonly context: LoadHookContext;
  /** The kind of a TypeScript module whose types are for us to remove; undefined for all other modules. */
  readonly strip: ModuleKind | undefined;
}

/**
 * The hook compiles what Node and the hooks registered before this one have loaded, so it sees what those have made of the
 * file (tsx: JavaScript with a source map).
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
    // It then comes to `compileCommonJs`.
    if (isForNodeToRead(url, loaded, context)) return { ...loaded, format: 'commonjs', source: undefined };
    const code = findCode(loaded, request);
    return code === null ? loaded : replaceCode(loaded, code, compiler.compile(url, ...code));
  };
}

/** See `requiresFromTypeScript`. What other hooks have made of the file must not get lost. */
function isForNodeToRead(url: string, { format, source }: LoadFnOutput, { conditions }: LoadHookContext): boolean {
  if (requiresFromTypeScript || format !== 'commonjs-typescript' || !conditions.includes('import')) return false;
  return source instanceof Uint8Array && readFileSync(fileURLToPath(url)).equals(source);
}

/** For an unknown extension Node must be told a format: only then does it read the file. */
export function makeRequest(url: string, context: LoadHookContext): LoadRequest {
  const strip = context.format ? undefined : kindToStrip(url);
  return { strip, context: strip === undefined ? context : { ...context, format: strip ?? 'module' } };
}

/** The arguments of `ModuleCompiler.compile` for what was loaded, without the URL. */
export type LoadedCode = readonly [kind: ModuleKind, source: ModuleSource, strip: boolean];

/**
 * Null if what was loaded is not code, or comes without its source.
 *
 * Modules whose types Node would remove lose them here too: Node does that at each start, which takes longer than the rest
 * of the start, while compiled code is cached. CommonJS, for which Node has several loaders, stays TypeScript.
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

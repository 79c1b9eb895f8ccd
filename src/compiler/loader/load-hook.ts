import type { LoadFnOutput, LoadHookContext } from 'node:module';
import type { CompiledModule } from './code-cache.js';
import type { ModuleCompiler, ModuleSource } from './module-compiler.js';
import { kindOfFormat, kindToStrip, type ModuleKind } from './module-kind.js';

/** A load hook that runs in the thread of the program. */
export type SyncLoadHook = (
  url: string,
  context: LoadHookContext,
  nextLoad: (url: string, context?: Partial<LoadHookContext>) => LoadFnOutput,
) => LoadFnOutput;

/** What is asked of the hooks that come next. */
export interface LoadRequest {
  readonly context: LoadHookContext;
  /** Of which kind a TypeScript module is whose types are to be removed; undefined for all others. */
  readonly strip: ModuleKind | undefined;
}

/**
 * The hook: what the hooks before it and Node itself have loaded is compiled. Coming last it sees what they have made
 * of the file (tsx: JavaScript with a source map); what Node would still strip of its types stays TypeScript.
 */
export function makeLoadHook(compiler: ModuleCompiler): SyncLoadHook {
  return (url, context, nextLoad) => {
    if (!compiler.selects(url)) return nextLoad(url, context);
    const request = makeRequest(url, context);
    const loaded = nextLoad(url, request.context);
    const code = findCode(loaded, request);
    return code === null ? loaded : replaceCode(loaded, request, compiler.compile(url, ...code));
  };
}

/** For extensions that it does not know Node must be told a format: only then does it read the file. */
export function makeRequest(url: string, context: LoadHookContext): LoadRequest {
  const strip = context.format ? undefined : kindToStrip(url);
  return { strip, context: strip === undefined ? context : { ...context, format: strip ?? 'module' } };
}

/** What `ModuleCompiler` wants to know of what was loaded; null if that is no code, or not for us to see. */
export function findCode(
  { format, source }: LoadFnOutput,
  { strip }: LoadRequest,
): [kind: ModuleKind, source: ModuleSource, strip: boolean] | null {
  const kind = strip === undefined ? kindOfFormat(format) : strip;
  return kind === undefined || source === undefined || source === null ? null : [kind, source, strip !== undefined];
}

/** Puts compiled code in the place of what was loaded. */
export function replaceCode(
  loaded: LoadFnOutput,
  { strip }: LoadRequest,
  compiled: CompiledModule | null,
): LoadFnOutput {
  if (compiled === null || compiled.code === null) return loaded;
  return { ...loaded, source: compiled.code, format: strip === undefined ? loaded.format : compiled.kind };
}

import type { LoadFnOutput, LoadHookContext } from 'node:module';
import type { ModuleCompiler } from './module-compiler.js';
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
    return compileLoaded(compiler, url, nextLoad(url, request.context), request);
  };
}

/** For extensions that it does not know Node must be told a format: only then does it read the file. */
export function makeRequest(url: string, context: LoadHookContext): LoadRequest {
  const strip = context.format ? undefined : kindToStrip(url);
  return { strip, context: strip === undefined ? context : { ...context, format: strip ?? 'module' } };
}

/** Puts compiled code in the place of what was loaded. */
export function compileLoaded(
  compiler: ModuleCompiler,
  url: string,
  loaded: LoadFnOutput,
  { strip }: LoadRequest,
): LoadFnOutput {
  const kind = strip === undefined ? kindOfFormat(loaded.format) : strip;
  if (kind === undefined || loaded.source === undefined || loaded.source === null) return loaded;
  const compiled = compiler.compile(url, kind, loaded.source, strip !== undefined);
  if (compiled === null || compiled.code === null) return loaded;
  return { ...loaded, source: compiled.code, format: strip === undefined ? loaded.format : compiled.kind };
}

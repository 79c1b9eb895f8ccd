import { dirname, isAbsolute, relative } from 'node:path';
import type { SourceMapInput } from './source-map.js';

/** The part of a bundler's plugin context that tells where a text comes from. */
interface BundlerContext {
  /** In Rollup and its like. If no plugin came before, it returns a map from the text to itself. */
  getCombinedSourcemap?(): object;
  /** In webpack and Rspack, through unplugin: whatever the loader before has returned. */
  getNativeBuildContext?: (() => { readonly framework: string; readonly inputSourceMap?: unknown }) | undefined;
}

/**
 * The map from `code` to the original source, if earlier plugins changed it; null if they did not. Its sources are relative
 * to the module at `path`, as in a map file: a bundle should be the same wherever it is built.
 */
export function incomingMap(context: BundlerContext, path: string, code: string): SourceMapInput | null {
  const map = asData(context.getCombinedSourcemap?.() ?? context.getNativeBuildContext?.().inputSourceMap);
  if (map === null || map.sourcesContent?.[0] === code) return null;
  // A map in sections, or not a map at all: `readMap` handles both.
  if (!Array.isArray(map.sources)) return map as SourceMapInput;
  const sources = map.sources.map((one: unknown) =>
    typeof one === 'string' && isAbsolute(one) ? relative(dirname(path), one) : one,
  );
  return { ...map, sources } as SourceMapInput;
}

interface PossibleMap {
  readonly sources?: unknown;
  readonly sourcesContent?: readonly unknown[] | null;
}

/** A map, which loaders may give as JSON text, as plain data that can be sent to another thread. Null if there is none. */
function asData(map: unknown): PossibleMap | null {
  try {
    return JSON.parse(typeof map === 'string' ? map : JSON.stringify(map)) as PossibleMap | null;
  } catch {
    return null;
  }
}

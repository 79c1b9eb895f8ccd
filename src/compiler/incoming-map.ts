import { dirname, isAbsolute, relative } from 'node:path';
import type { SourceMapInput } from './source-map.js';

/** As much of a bundler's context as tells where text comes from. */
interface BundlerContext {
  /** Of Rollup and its like. Without earlier plugins it makes a map of a text to itself. */
  getCombinedSourcemap?(): object;
  /** Of webpack and Rspack, through unplugin: whatever a loader has given. */
  getNativeBuildContext?: (() => { readonly framework: string; readonly inputSourceMap?: unknown }) | undefined;
}

/**
 * The map from `code` to what was written, if other plugins changed that before; null if they did not. Its sources are
 * relative to the module at `path`, as those of a map in a file are: bundles are to be the same wherever they are built.
 */
export function incomingMap(context: BundlerContext, path: string, code: string): SourceMapInput | null {
  const map = asData(context.getCombinedSourcemap?.() ?? context.getNativeBuildContext?.().inputSourceMap);
  if (map === null || map.sourcesContent?.[0] === code) return null;
  // One in sections, or none at all: who reads it will see.
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

/** A copy of a map, which loaders may give as text, without its methods: it goes to another thread. Null if there is none. */
function asData(map: unknown): PossibleMap | null {
  try {
    return JSON.parse(typeof map === 'string' ? map : JSON.stringify(map)) as PossibleMap | null;
  } catch {
    return null;
  }
}

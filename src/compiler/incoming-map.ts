import { dirname, isAbsolute, relative } from 'node:path';
import type { SourceMapInput } from './source-map.js';

/** As much of a bundler's context as tells where text comes from. */
interface BundlerContext {
  /** Of Rollup and its like. Without earlier plugins it makes a map of a text to itself. */
  getCombinedSourcemap?(): Map;
  /** Of webpack and Rspack, through unplugin. */
  getNativeBuildContext?: (() => { readonly framework: string; readonly inputSourceMap?: Map | null }) | undefined;
}

interface Map {
  readonly sources: readonly (string | null)[];
  readonly sourcesContent?: readonly (string | null)[];
}

/**
 * The map from `code` to what was written, if other plugins changed that before; null if they did not. Its sources are
 * relative to the module at `path`, as those of a map in a file are: bundles are to be the same wherever they are built.
 */
export function incomingMap(context: BundlerContext, path: string, code: string): SourceMapInput | null {
  const map = context.getCombinedSourcemap?.() ?? context.getNativeBuildContext?.().inputSourceMap ?? null;
  if (map === null || map.sourcesContent?.[0] === code) return null;
  const sources = map.sources.map((one) => (one !== null && isAbsolute(one) ? relative(dirname(path), one) : one));
  return { ...map, sources } as SourceMapInput;
}

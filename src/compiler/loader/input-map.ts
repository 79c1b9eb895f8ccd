import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readText } from '../read-text.js';
import { inlineMap, type EncodedSourceMap } from '../source-map.js';
import { modified, type InputMap } from './code-cache.js';

/** The comment at the end of a text that names its source map. */
export const SOURCE_MAP_COMMENT: RegExp = /\n?\/\/[#@] sourceMappingURL=(\S+)\s*$/;

/**
 * The source map of a module, in its text or in a file that the text names. Its sources become absolute paths, since the
 * map that is made from it is kept elsewhere.
 *
 * @returns `map` is null if there is none, or it cannot be read (programs are often shipped without); `from` is its file
 */
export function findInputMap(text: string, url: string): { map: EncodedSourceMap | null; from?: InputMap } {
  const named = SOURCE_MAP_COMMENT.exec(text)?.[1];
  if (named === undefined) return { map: null };
  try {
    if (named.startsWith('data:')) return { map: withPaths(inlineMap(text) as EncodedSourceMap, url) };
    const file = new URL(named, url);
    const path = fileURLToPath(file);
    // Looked up before the file is read, and even if it is missing: a later write must invalidate the cache.
    const from = { path, modified: modified(path) };
    return { map: readMap(file), from };
  } catch {
    return { map: null };
  }
}

function readMap(file: URL): EncodedSourceMap | null {
  try {
    return withPaths(JSON.parse(readText(file)) as EncodedSourceMap, file.href);
  } catch {
    return null;
  }
}

function withPaths({ sourceRoot, ...map }: EncodedSourceMap, url: string): EncodedSourceMap {
  const base = new URL(sourceRoot ? `${sourceRoot}/` : '.', url);
  return { ...map, sources: map.sources.map((source) => source && pathOf(source, base)) };
}

function pathOf(source: string, base: URL): string {
  if (isAbsolute(source)) return source;
  const url = new URL(source, base);
  return url.protocol === 'file:' ? fileURLToPath(url) : url.href;
}

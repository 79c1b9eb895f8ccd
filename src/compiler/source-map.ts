import { createRequire } from 'node:module';
import type { EncodedSourceMap, SourceMapInput } from '@jridgewell/remapping';
import type { TraceMap } from '@jridgewell/trace-mapping';
import type MagicString from 'magic-string';

export type { EncodedSourceMap, SourceMapInput, TraceMap };

const require = createRequire(import.meta.url);

/** The library that reads maps. Loaded on first use: most modules come without a map. */
export function traceMapping(): typeof import('@jridgewell/trace-mapping') {
  return require('@jridgewell/trace-mapping');
}

/**
 * The map from a text to its original source: the one given (null: there is none) or, if that is undefined, the one in a
 * comment at the end of the text.
 *
 * @param end the text after the last statement
 * @returns null also for a map that cannot be read: the text runs without it
 */
export function readMap(given: SourceMapInput | null | undefined, end: string): TraceMap | null {
  try {
    const input = given === undefined ? inlineMap(end) : given;
    if (input === null) return null;
    const { FlattenMap } = traceMapping();
    // Flattened, since tools that concatenate files produce maps in sections.
    const map = FlattenMap(input as Parameters<typeof FlattenMap>[0]);
    return isSound(map) ? map : null;
  } catch {
    return null;
  }
}

/** Whether a map has sources, and refers to no others: following one that does would throw later. */
function isSound(map: TraceMap): boolean {
  const count = map.sources.length;
  if (count === 0 || !Array.isArray(map.ignoreList ?? [])) return false;
  const { decodedMappings } = traceMapping();
  return decodedMappings(map).every((line) => line.every(([, source = 0]) => source >= 0 && source < count));
}

/** The map from an edited text to the text before, which is `file`. */
export function mapOf(edited: MagicString, file: string): EncodedSourceMap {
  // Nobody steps in smaller units than words, and a map of every character costs several times as much.
  const options = { source: file, hires: 'boundary', includeContent: true } as const;
  const { version, sources, sourcesContent, names, mappings } = edited.generateMap(options);
  return { version: version as 3, sources, sourcesContent: sourcesContent!, names, mappings };
}

/** `own` leads to the text that was compiled, `input` from there to the original source. */
export function compose(own: EncodedSourceMap, input: TraceMap): EncodedSourceMap {
  const remapping = require('@jridgewell/remapping') as typeof import('@jridgewell/remapping').default;
  return { ...(remapping([own, input], () => null) as EncodedSourceMap) };
}

/** The inline map in the last comment that has one; null if none has. Throws if it cannot be read. */
export function inlineMap(text: string): EncodedSourceMap | null {
  const comment = text.slice(text.lastIndexOf('sourceMappingURL=data:'));
  const [, base64, data] = /^sourceMappingURL=data:application\/json[^,]*?(;base64)?,(\S+)/.exec(comment) ?? [];
  if (data === undefined) return null;
  return JSON.parse(base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString());
}

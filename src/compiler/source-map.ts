import { createRequire } from 'node:module';
import type { EncodedSourceMap, SourceMapInput } from '@jridgewell/remapping';
import type { TraceMap } from '@jridgewell/trace-mapping';
import type MagicString from 'magic-string';

export type { EncodedSourceMap, SourceMapInput, TraceMap };

const require = createRequire(import.meta.url);

/** What follows maps. Required when it is needed: most modules come without a map. */
export function traceMapping(): typeof import('@jridgewell/trace-mapping') {
  return require('@jridgewell/trace-mapping');
}

/**
 * The map from a text to what it was made of: the one given or, unless there is one (null: there is none), the one in a
 * comment at the end of the text.
 *
 * @param end the text behind the last statement
 * @returns null also for a map that cannot be read: it leads nowhere, and the text runs all the same
 */
export function readMap(given: SourceMapInput | null | undefined, end: string): TraceMap | null {
  try {
    const input = given === undefined ? inlineMap(end) : given;
    if (input === null) return null;
    const { FlattenMap } = traceMapping();
    // Flat also where it comes in sections, as from tools that put files together.
    const map = FlattenMap(input as Parameters<typeof FlattenMap>[0]);
    return isSound(map) ? map : null;
  } catch {
    return null;
  }
}

/** Whether it leads somewhere, and only to sources that it has: others make whoever follows it throw, later. */
function isSound(map: TraceMap): boolean {
  const count = map.sources.length;
  if (count === 0 || !Array.isArray(map.ignoreList ?? [])) return false;
  const { decodedMappings } = traceMapping();
  return decodedMappings(map).every((line) => line.every(([, source = 0]) => source >= 0 && source < count));
}

/** The map from an edited text to that text as it was, which is `file`. */
export function mapOf(edited: MagicString, file: string): EncodedSourceMap {
  // Finer than words nobody steps, and a map of every character costs several times as much.
  const options = { source: file, hires: 'boundary', includeContent: true } as const;
  const { version, sources, sourcesContent, names, mappings } = edited.generateMap(options);
  return { version: version as 3, sources, sourcesContent: sourcesContent!, names, mappings };
}

/** `own` leads to the text that was compiled, `input` from there to what people wrote. */
export function compose(own: EncodedSourceMap, input: TraceMap): EncodedSourceMap {
  const remapping = require('@jridgewell/remapping') as typeof import('@jridgewell/remapping').default;
  return { ...(remapping([own, input], () => null) as EncodedSourceMap) };
}

/** The map in the last comment of a text that holds one; null if none does. Throws if it cannot be read. */
export function inlineMap(text: string): EncodedSourceMap | null {
  const comment = text.slice(text.lastIndexOf('sourceMappingURL=data:'));
  const [, base64, data] = /^sourceMappingURL=data:application\/json[^,]*?(;base64)?,(\S+)/.exec(comment) ?? [];
  if (data === undefined) return null;
  return JSON.parse(base64 === undefined ? decodeURIComponent(data) : Buffer.from(data, 'base64').toString());
}

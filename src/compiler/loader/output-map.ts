import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { EncodedSourceMap } from '../source-map.js';
import { SOURCE_MAP_COMMENT } from './input-map.js';

/** Appends its source map to code, and removes the one that the text may have come with. */
export function withMap(code: string, map: EncodedSourceMap): string {
  // Debuggers want URLs.
  const sources = map.sources.map((source) => (source && isAbsolute(source) ? pathToFileURL(source).href : source));
  const data = Buffer.from(JSON.stringify({ ...map, sources })).toString('base64');
  return `${code.replace(SOURCE_MAP_COMMENT, '')}\n//# sourceMappingURL=data:application/json;base64,${data}\n`;
}

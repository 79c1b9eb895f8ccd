import type { checkTexts } from './check/check-texts.js';
import type { CheckOutcome } from './check/report.js';
import type { ExplainedFunction } from './explain.js';
import type { EncodedSourceMap, SourceMapInput } from './source-map.js';

/**
 * The work that tools delegate to a thread of its own; see `inDeepThread`. Each function loads what it needs when it is
 * called.
 */
export const deepWork = {
  /** `explain`, with the module format guessed from the file. */
  async explain(source: string, file: string): Promise<ExplainedFunction[]> {
    const [{ explain }, { formatOf }] = await Promise.all([import('./explain.js'), import('./format-of.js')]);
    return explain(source, { file, format: formatOf(source, file) });
  },

  /** `transform`, with the module format guessed from the file. Returns plain data, which can be sent to another thread. */
  async transform(source: string, file: string, map?: SourceMapInput | null): Promise<Transformed | null> {
    const [{ transform }, { formatOf }] = await Promise.all([import('./transform.js'), import('./format-of.js')]);
    const result = transform(source, { file, format: formatOf(source, file), map });
    return result === null ? null : { code: result.code, ownMap: result.ownMap };
  },

  async check(...args: Parameters<typeof checkTexts>): Promise<CheckOutcome> {
    return (await import('./check/check-texts.js')).checkTexts(...args);
  },
};

interface Transformed {
  readonly code: string;
  /** From `code` to the text that was compiled. */
  readonly ownMap: EncodedSourceMap;
}

import { calleeText } from './explain.js';
import type { Numbered } from './instrument.js';
import type { Locator } from './locator.js';

/**
 * The table of a compiled file, from which the run-time half learns what stands at an id, as an expression: the name of
 * the file, then an entry for each id. An entry names its own file only where a source map leads elsewhere.
 */
export function describePlaces(numbered: readonly Numbered[], source: string, file: string, locator: Locator): string {
  const entries = numbered.map(({ f, point, functionId }) => {
    const { line, column, file: original } = locator.at((point ?? f).start);
    const elsewhere = original === null ? [] : [original];
    if (point === null) return ['function', f.name, line, column, ...elsewhere];
    const text = point.kind === 'loop' ? point.keyword : calleeText(source, point);
    return [point.kind, functionId, line, column, text, ...elsewhere];
  });
  return JSON.stringify([file, ...entries]);
}

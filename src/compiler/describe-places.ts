import type { Numbered } from './instrument.js';
import type { Locator } from './locator.js';
import { calleeText } from './short-text.js';

/**
 * The table that tells the run-time half what each id of a compiled file stands for, as a JavaScript expression: the name
 * of the file, then one entry per id. An entry names a file of its own only where a source map leads to another one.
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

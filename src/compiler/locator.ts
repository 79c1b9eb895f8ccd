import { dirname, isAbsolute, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineTable, type Position } from './line-table.js';
import { traceMapping, type TraceMap } from './source-map.js';

/** Where a piece of text was originally written. */
export interface Place extends Position {
  /** Null for the file that is being compiled. */
  readonly file: string | null;
}

/** Finds where the text of a file was originally written: in that file, or in one that its source map leads to. */
export class Locator {
  private readonly file: string;
  private readonly lines: LineTable;
  private readonly map: TraceMap | null;
  /** Paths of the map's sources, by their names in the map; null for the file that is being compiled. */
  private readonly files: ReadonlyMap<string | null, string | null>;

  constructor(source: string, file: string, map: TraceMap | null) {
    this.file = file;
    this.lines = new LineTable(source);
    this.map = map;
    this.files = new Map(map?.resolvedSources.map((name) => [name, name === null ? null : this.fileOf(name)]));
  }

  at(offset: number): Place {
    const { line, column } = this.lines.at(offset);
    if (this.map !== null) {
      const original = traceMapping().originalPositionFor(this.map, { line, column: column - 1 });
      const { source } = original;
      if (source !== null)
        return { line: original.line, column: original.column + 1, file: this.files.get(source) ?? null };
    }
    // Also for text that the map does not cover: another tool has inserted it, and it can be read only here.
    return { line, column, file: null };
  }

  /** The path of a source, which the map names relative to its own file; null if it is that file. */
  private fileOf(name: string): string | null {
    const path = pathOf(name);
    const isRelative = path === name && !isAbsolute(name) && !/^[\w+.-]{2,}:/.test(name);
    const here = pathOf(this.file);
    const original = isRelative ? join(dirname(here), name) : path;
    return resolve(original) === resolve(here) ? null : original;
  }
}

function pathOf(file: string): string {
  try {
    return file.startsWith('file:') ? fileURLToPath(file) : file;
  } catch {
    // A URL that is no path on this machine: it is shown as it is.
    return file;
  }
}

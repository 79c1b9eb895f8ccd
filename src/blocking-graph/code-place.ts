import { relative, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The source position, as recorded by the compiler, of a function, a loop, or a call site (`yield*`). Positions refer to
 * the original source, through source maps.
 */
export interface CodePlace {
  /** Relative if it is below the working directory: shorter to read, and the same on all machines. */
  readonly file: string;
  /** Counted from 1. */
  readonly line: number;
  readonly column: number;
  /** The enclosing function: `handle`, `Server.accept`; `anonymous` if it has no name. */
  readonly function: string;
  /** At a site, what is called (`connection.read`); at a loop, its keyword; null for a function. */
  readonly text: string | null;
}

/** What a compiled file describes: its name, then its functions, loops and sites in the order of their ids. */
export type Description = readonly [file: string, ...entries: Entry[]];

type Entry =
  | readonly [kind: 'function', name: string, line: number, column: number, file?: string]
  | readonly [kind: 'loop' | 'site', f: number, line: number, column: number, text: string, file?: string];

interface RegisteredFile {
  readonly firstId: number;
  readonly describe: () => Description;
}

const files: RegisteredFile[] = [];
let nextId = 0;

/**
 * Reserves `count` ids for a compiled file; returns the first.
 *
 * @param describe returns a `Description`; called only when a place is looked up. Typed `unknown`, since TypeScript infers
 * a wider type for the emitted array literals.
 */
export function registerPlaces(count: number, describe: () => unknown): number {
  const firstId = nextId;
  nextId += count;
  files.push({ firstId, describe: describe as () => Description });
  return firstId;
}

/** The place with this id; null if no file has registered it. */
export function codePlace(id: number): CodePlace | null {
  let place = places.get(id);
  if (place === undefined) places.set(id, (place = find(id)));
  return place;
}

/** A cache of lookups, since making a description costs time in proportion to its file. */
const places: Map<number, CodePlace | null> = new Map();

function find(id: number): CodePlace | null {
  const file = files.findLast(({ firstId }) => firstId <= id);
  const description = file?.describe();
  const entry = description?.[id - file!.firstId + 1] as Entry | undefined;
  if (entry === undefined) return null;
  const [path, ...entries] = description!;
  if (entry[0] === 'function') {
    const [, name, line, column, original = path] = entry;
    return { file: shown(original), line, column, function: name, text: null };
  }
  const [, f, line, column, text, original = path] = entry;
  return { file: shown(original), line, column, function: nameOf(entries[f]), text };
}

function shown(file: string): string {
  const path = file.startsWith('file:') ? fileURLToPath(file) : file;
  const below = isAbsolute(path) ? relative(process.cwd(), path) : path;
  return below.startsWith('..') ? path : below.replaceAll('\\', '/');
}

function nameOf(entry: Entry | undefined): string {
  return entry?.[0] === 'function' ? entry[1] : 'anonymous';
}

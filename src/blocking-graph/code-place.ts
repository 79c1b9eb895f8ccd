import { relative, isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Where in the program's source something stands, as the compiler told it: a function, a loop, or a call site
 * (`yield*`) in one. Positions are those of the text that was written, through source maps.
 */
export interface CodePlace {
  /** Below the working directory as seen from there: so that it reads well, and agrees between machines. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly column: number;
  /** The function around it: `handle`, `Server.accept`; `anonymous` where it has no name. */
  readonly function: string;
  /** What is called at a site (`connection.read`), the keyword of a loop; null for a function. */
  readonly text: string | null;
}

/** What a compiled file says of itself: its name, then its functions, loops and sites in the order of their ids. */
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
 * @param describe returns a `Description`; it is called when somebody wants to see a place. In TypeScript the arrays that
 * are written there have a wider type.
 */
export function registerPlaces(count: number, describe: () => unknown): number {
  const firstId = nextId;
  nextId += count;
  files.push({ firstId, describe: describe as () => Description });
  return firstId;
}

/** What stands at an id; null for one that no file has. */
export function codePlace(id: number): CodePlace | null {
  let place = places.get(id);
  if (place === undefined) places.set(id, (place = find(id)));
  return place;
}

/** Those that were asked for: a description is as long as its file. */
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

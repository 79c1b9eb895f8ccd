import { realpathSync, statSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import { readText } from '../read-text.js';
import { makeSelection, type Selection } from '../selection.js';
import { cacheKey } from './code-cache.js';
import type { ModuleToCompile } from './compile-source.js';
import type { ThreadAnswer } from './compiler-thread.js';
import { mayBeCompiled } from './may-be-compiled.js';
import { kindAndStrip } from './module-kind.js';
import { sourceName } from './source-name.js';

/** Where to look ahead, and how modules are compiled there. Plain data, since it goes to another thread. */
export interface Prospect {
  /** Path of the program. */
  readonly program: string;
  /** As in `LoaderOptions`. */
  readonly own: string;
  readonly packages: readonly string[];
  /** As in `ModuleToCompile`. */
  readonly runtime: string;
  readonly maps: boolean;
  /** The file of the cache; null if there is none. */
  readonly file: string | null;
}

/**
 * `import … './a.js'`, `export … from './a.js'`, `require('./a')`; also in comments, which costs no more than a look. The
 * first group matches where only types are imported, for which nothing is loaded.
 */
const IMPORT =
  /(\b(?:import|export)\s+type\s+(?!from\b)[\w$\s,{}*]*?)?\b(?:import|from|require\s*\()\s*(['"])(\.\.?\/[^'"\n]+)\2/g;

/**
 * Compiles what a program is going to import, according to its files, before it is asked for: otherwise the thread that
 * loads and the one that compiles would wait for each other in turn. Nothing depends on it. A result is used only if what
 * is asked for equals it in every respect, and after the first mismatch, as where other tools change modules before us,
 * there are no more guesses.
 */
export class LookAhead {
  readonly #prospect: Prospect;
  readonly #selects: Selection;
  readonly #compile: (module: ModuleToCompile) => ThreadAnswer;
  /** Grows while it is iterated. */
  readonly #urls: Set<string> = new Set();
  readonly #next: Iterator<string, undefined> = this.#urls.values();
  readonly #made: Map<string, { readonly module: ModuleToCompile; readonly answer: ThreadAnswer }> = new Map();
  readonly #asked: Set<string> = new Set();

  constructor(prospect: Prospect, compile: (module: ModuleToCompile) => ThreadAnswer) {
    this.#prospect = prospect;
    this.#compile = compile;
    this.#selects = makeSelection(prospect.own, prospect.packages);
    try {
      this.#urls.add(pathToFileURL(realpathSync(prospect.program)).href);
    } catch {
      // The program has another name than Node was given (`app` for `app.js`).
    }
  }

  /** Looks at one file; false if there is none left. */
  step(): boolean {
    const url = this.#next.next().value;
    if (url === undefined) return false;
    try {
      this.#look(url);
    } catch {
      // Whoever imports it will get the error.
    }
    return true;
  }

  /** The result for a module; undefined if there is none. */
  take(module: ModuleToCompile): ThreadAnswer | undefined {
    const { url } = module;
    this.#asked.add(url);
    const made = this.#made.get(url);
    this.#made.delete(url);
    if (made === undefined || isDeepStrictEqual(made.module, module)) return made?.answer;
    this.#urls.clear();
    return undefined;
  }

  #look(url: string): void {
    const found = this.#selects(url) ? kindAndStrip(url) : null;
    if (found === null) return;
    const { kind, strip } = found;
    const text = readText(fileURLToPath(url));
    for (const [, types, , name] of text.matchAll(IMPORT))
      if (types === undefined) this.#urls.add(findFile(name!, url));
    if (this.#asked.has(url) || (!strip && !mayBeCompiled(text))) return;
    const { runtime, maps, file } = this.#prospect;
    const store = file === null ? null : { file, key: cacheKey(url, kind, strip) };
    const module = { url, kind, text, strip, runtime, maps, store };
    this.#made.set(url, { module, answer: this.#compile(module) });
  }
}

/** CommonJS may leave out the extension; TypeScript may write the one that the file will have once it is compiled. */
function findFile(name: string, from: string): string {
  const { href } = new URL(name, from);
  const source = sourceName(name, from);
  if (source !== null && !isFile(href)) return new URL(source, from).href;
  if (/\.\w+(?:[?#]|$)/.test(name)) return href;
  return href + (['', '.js', '/index.js'].find((one) => isFile(href + one)) ?? '');
}

function isFile(url: string): boolean {
  return statSync(new URL(url), { throwIfNoEntry: false })?.isFile() ?? false;
}

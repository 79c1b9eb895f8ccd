import { closeSync, openSync, writeSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { makeSelection, type Selection } from '../selection.js';
import { findCacheFile } from './cache-file.js';
import { cacheKey, CodeCache, type CompiledModule } from './code-cache.js';
import type { compileSource, ModuleToCompile } from './compile-source.js';
import type { Prospect } from './look-ahead.js';
import { mayBeCompiled } from './may-be-compiled.js';
import type { ModuleKind } from './module-kind.js';
import { removesTypes } from './node-abilities.js';

/** What the loader is told by whoever installs it. Plain data, since it may have to be sent to another thread. */
export interface LoaderOptions {
  /** URL of the run-time half, which compiled code imports. */
  readonly runtime: string;
  /** URL of the directory of heddle's own code. */
  readonly own: string;
  /** The version of heddle. */
  readonly version: string;
  /** Path of the program, or any name for it: its modules share a cache file. */
  readonly program: string;
  /** Packages whose code is compiled too. */
  readonly packages: readonly string[];
  /** Whether code gets a source map. Unless given: if anything reads source maps when the first module is compiled. */
  readonly maps?: boolean;
}

/** A module's text, as Node's loaders hand it on. */
export type ModuleSource = string | ArrayBuffer | NodeJS.TypedArray;

/** What compiles modules that are not in the cache. */
export interface Compiler {
  readonly compile: typeof compileSource;
  /** The same for callers that need not block. */
  readonly compileLater: (...args: Parameters<typeof compileSource>) => Promise<CompiledModule>;
}

/** Makes a compiler, when there is something to compile or, with a prospect, ahead of that. */
export type FindCompiler = (prospect?: Prospect) => Compiler;

/**
 * Compiles modules as they are loaded, or finds them in the cache. What a start with a full cache needs is kept small:
 * the parser, and all that goes with it, is loaded for the first module that is not in the cache.
 */
export class ModuleCompiler {
  /** Whether a module is one of those that are compiled. */
  readonly selects: Selection;
  #options: LoaderOptions;
  #findCompiler: FindCompiler;
  #foundCompiler: Compiler | undefined;
  #store: Store | undefined;
  #complaints = new Set<string>();

  constructor(options: LoaderOptions, findCompiler: FindCompiler) {
    this.#options = options;
    this.#findCompiler = findCompiler;
    this.selects = makeSelection(options.own, options.packages);
  }

  /**
   * Compiles a module.
   *
   * @param strip whether its text is TypeScript whose types are to be removed
   * @returns null if there is nothing to do, or nothing that can be done: then it runs as it is
   * @throws SyntaxError only with `strip`, and only where Node does not remove types and so could not report it
   */
  compile(url: string, kind: ModuleKind, source: ModuleSource, strip = false): CompiledModule | null {
    try {
      const { known, missing } = this.#find(url, kind, source, strip);
      return missing === undefined ? known : this.#compiler().compile(missing, (error) => this.#complain(url, error));
    } catch (error) {
      return this.#leaveAlone(url, error, strip);
    }
  }

  /** The same for callers that need not block: while one module is compiled others can be loaded. */
  async compileLater(
    url: string,
    kind: ModuleKind,
    source: ModuleSource,
    strip = false,
  ): Promise<CompiledModule | null> {
    try {
      const { known, missing } = this.#find(url, kind, source, strip);
      if (missing === undefined) return known;
      return await this.#compiler().compileLater(missing, (error) => this.#complain(url, error));
    } catch (error) {
      return this.#leaveAlone(url, error, strip);
    }
  }

  /**
   * When a program starts for the first time, compiles ahead of what is asked for. Later starts need the compiler only for
   * what has changed, if for anything, and only the cache knows what that is.
   */
  lookAhead(): void {
    const { program, own, packages, runtime } = this.#options;
    if (!isAbsolute(program) || !this.selects(pathToFileURL(program).href)) return;
    const { maps, file } = openStore(this.#options);
    if (file !== null && !isFirstStart(file)) return;
    this.#foundCompiler = this.#findCompiler({ program, own, packages, runtime, maps, file });
  }

  #find(url: string, kind: ModuleKind, source: ModuleSource, strip: boolean): Found {
    const text = typeof source === 'string' ? source : bytesOf(source);
    if (!strip && !mayBeCompiled(text)) return { known: null };
    const { maps, file, cache } = (this.#store ??= openStore(this.#options));
    const key = cacheKey(url, kind, strip);
    const known = cache?.get(key, typeof text === 'string' ? Buffer.from(text) : text);
    if (known !== undefined) return { known };
    const { runtime } = this.#options;
    const store = file === null ? null : { file, key };
    return { missing: { url, kind, text: text.toString(), strip, runtime, maps, store } };
  }

  #compiler(): Compiler {
    return (this.#foundCompiler ??= this.#findCompiler());
  }

  /**
   * What cannot be compiled runs as it is, or Node reports what is wrong with it: it may know newer TypeScript than we do.
   */
  #leaveAlone(url: string, error: unknown, strip: boolean): null {
    if (strip && error instanceof SyntaxError) {
      if (removesTypes) return null;
      throw error;
    }
    // Node will report the syntax error itself.
    if ((error as NodeJS.ErrnoException).code !== 'ERR_HEDDLE_COMPILE') this.#complain(url, error);
    return null;
  }

  /** A failure to compile must not keep a program from running. The same failure of many modules is reported once. */
  #complain(url: string, error: unknown): void {
    const [reason = ''] = String((error as Error).message ?? error).split('\n');
    if (this.#complaints.has(reason)) return;
    this.#complaints.add(reason);
    try {
      writeSync(2, `heddle: left ${fileURLToPath(url)} alone: ${reason}\n`);
    } catch {
      // Standard error is closed.
    }
  }
}

/** What is known of a module (null: there is nothing to do), or what has to be compiled to know it. */
type Found =
  | { readonly known: CompiledModule | null; readonly missing?: undefined }
  | { readonly known?: undefined; readonly missing: ModuleToCompile };

/** Where compiled code is kept, and with what. */
interface Store {
  readonly maps: boolean;
  readonly file: string | null;
  readonly cache: CodeCache | null;
}

/** Called anew for the first module: source maps may be turned on after the installation, when `lookAhead` has to guess. */
function openStore(options: LoaderOptions): Store {
  const { maps = mapsAreRead() } = options;
  const file = findCacheFile(options, maps);
  return { maps, file, cache: file === null ? null : new CodeCache(file) };
}

/**
 * Whether there is no file yet. Creates it, so that even a program with nothing to compile has only one first start; where
 * it cannot be created, every start is the first.
 */
function isFirstStart(file: string): boolean {
  try {
    closeSync(openSync(file, 'ax', 0o600));
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'EEXIST';
  }
}

/**
 * Whether anything reads source maps: Node itself, a debugger, or a tool that measures coverage. A map is four times as
 * long as the code, so that 200 modules take a tenth longer to load with maps, even from the cache. Line numbers are right
 * without.
 */
function mapsAreRead(): boolean {
  const { sourceMapsEnabled, env, execArgv } = process as NodeJS.Process & { sourceMapsEnabled?: boolean };
  if (sourceMapsEnabled || env['NODE_V8_COVERAGE'] || env['VSCODE_INSPECTOR_OPTIONS']) return true;
  return [...execArgv, env['NODE_OPTIONS'] ?? ''].some((option) => option.includes('--inspect'));
}

function bytesOf(source: ArrayBuffer | NodeJS.TypedArray): Buffer {
  if (Buffer.isBuffer(source)) return source;
  return ArrayBuffer.isView(source)
    ? Buffer.from(source.buffer, source.byteOffset, source.byteLength)
    : Buffer.from(source);
}

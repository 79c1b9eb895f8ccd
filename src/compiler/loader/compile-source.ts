import { fileURLToPath } from 'node:url';
import { CompileError } from '../../base/errors.js';
import { hasModuleSyntax } from '../has-module-syntax.js';
import { transform, type TransformOptions, type TransformResult } from '../transform.js';
import { CacheWriter } from './cache-writer.js';
import type { CompiledModule } from './code-cache.js';
import { findInputMap } from './input-map.js';
import type { ModuleKind } from './module-kind.js';
import { withMap } from './output-map.js';
import { stripTypes } from './strip-types.js';

/** A module that is not in the cache. Plain data, since it is sent to another thread. */
export interface ModuleToCompile {
  readonly url: string;
  readonly kind: ModuleKind;
  readonly text: string;
  /** Whether types are to be removed. */
  readonly strip: boolean;
  /** URL of the run-time half, for ECMAScript modules. */
  readonly runtime: string;
  /** Whether the code gets a source map. */
  readonly maps: boolean;
  /** Where to store it; null: nowhere. */
  readonly store: { readonly file: string; readonly key: string } | null;
}

const COMMONJS_RUNTIME = fileURLToPath(new URL('./commonjs-runtime.cjs', import.meta.url));

const writers = new Map<string, CacheWriter>();

/**
 * Compiles one module and stores the result. Loads the parser and everything that goes with it.
 *
 * @param complain is called with an error that keeps the module from being compiled, but not its types from being removed
 * @throws CompileError if the text is neither JavaScript nor TypeScript, MissingBindingError if no parser on this machine
 * can read it, SyntaxError if types cannot be removed
 */
export function compileSource(module: ModuleToCompile, complain: (error: unknown) => void): CompiledModule {
  const { url, strip, runtime, maps, store } = module;
  const text = module.text.replace(/^\ufeff/, '');
  const file = fileURLToPath(url);
  const kind = module.kind ?? (hasModuleSyntax(text, file) ? 'module' : 'commonjs');
  const input = findInputMap(text, url);
  const options = { file, format: kind, map: input.map, runtime: kind === 'module' ? runtime : COMMONJS_RUNTIME };
  const result = strip ? transformIfPossible(text, options, complain) : transform(text, options);
  const code = strip ? withoutTypes(text, result, file) : (result?.code ?? null);
  const compiled = { kind, code: result !== null && maps ? withMap(code!, result.map) : code };
  if (store !== null) openWriter(store.file).add(store.key, Buffer.from(module.text), compiled, input.from);
  return compiled;
}

function transformIfPossible(
  text: string,
  options: TransformOptions,
  complain: (error: unknown) => void,
): TransformResult | null {
  try {
    return transform(text, options);
  } catch (error) {
    // The stripper will say what is wrong with the text.
    if (!(error instanceof CompileError)) complain(error);
    return null;
  }
}

function withoutTypes(text: string, result: TransformResult | null, file: string): string {
  if (result === null) return stripTypes(text, file);
  try {
    return stripTypes(result.code, file);
  } catch (error) {
    // The error quotes code. It should quote what was written, so strip that to get its error.
    stripTypes(text, file);
    throw error;
  }
}

function openWriter(file: string): CacheWriter {
  let writer = writers.get(file);
  if (writer === undefined) writers.set(file, (writer = new CacheWriter(file)));
  return writer;
}

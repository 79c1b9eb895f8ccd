import { describePlaces } from './describe-places.js';
import { findGenerators } from './find-generators.js';
import { instrument } from './instrument.js';
import { isCompiled, RUNTIME } from './is-compiled.js';
import { Locator } from './locator.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { parseSparsely } from './parse-sparsely.js';
import type { ParseOptions } from './parse.js';
import { compose, mapOf, readMap, type EncodedSourceMap, type SourceMapInput } from './source-map.js';
import { endOfStatements } from './statements.js';

export interface TransformOptions extends ParseOptions {
  /** Module specifier of the run-time half; `heddle/compiled` unless given. */
  readonly runtime?: string;
  /**
   * The source map of the input, or a function that finds it, called only if there is something to compile; null: there is
   * none. If it is undefined, it is read from a comment at the end of the source.
   */
  readonly map?: SourceMapInput | (() => SourceMapInput | null) | null | undefined;
}

/** Maps are generated when they are read: a program whose maps nobody reads does not pay for them. */
export interface TransformResult {
  readonly code: string;
  /** From `code` to the text that was compiled. */
  readonly ownMap: EncodedSourceMap;
  /** From `code` to the original source, through the map that came in. */
  readonly map: EncodedSourceMap;
}

/**
 * Compiles one file: names the call sites of its fiber functions, so that they can be checkpoints too, and makes their
 * loops pre-emptible. Line numbers do not change; TypeScript stays TypeScript.
 *
 * @returns null if there is nothing to do, which for most files costs no parsing
 * @throws CompileError if the source cannot be parsed; MissingBindingError if no parser on this machine can read it
 */
export function transform(source: string, options: TransformOptions): TransformResult | null {
  if (!mayHaveGenerators(source)) return null;
  // A byte-order mark belongs to the file, not to the text: columns do not count it.
  const text = source.replace(/^\ufeff/, '');
  const program = parseSparsely(text, options);
  if (isCompiled(program, text)) return null;
  const fibers = findGenerators(program, text).filter(({ verdict }) => verdict === 'fiber');
  if (fibers.length === 0) return null;

  const { file, format, map, runtime = RUNTIME } = options;
  const input = readMap(typeof map === 'function' ? map() : map, text.slice(endOfStatements(program)));
  const locator = new Locator(text, file, input);
  const edited = instrument(text, program, fibers, {
    format,
    runtime,
    describe: (numbered) => describePlaces(numbered, text, file, locator),
  });
  let ownMap: EncodedSourceMap | undefined;
  return {
    code: edited.toString(),
    get ownMap() {
      return (ownMap ??= mapOf(edited, file));
    },
    get map() {
      return input === null ? this.ownMap : compose(this.ownMap, input);
    },
  };
}

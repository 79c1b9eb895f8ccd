import { describePlaces } from './describe-places.js';
import { explainGenerators, type ExplainedFunction } from './explain.js';
import { findGenerators } from './find-generators.js';
import { instrument } from './instrument.js';
import { Locator } from './locator.js';
import { mayHaveGenerators } from './may-have-generators.js';
import { parse, type ParseOptions } from './parse.js';
import { compose, readMap, type EncodedSourceMap, type SourceMapInput } from './source-map.js';
import { endOfStatements } from './statements.js';

export interface TransformOptions extends ParseOptions {
  /** Module specifier of the run-time half; `heddle/compiled` unless given. */
  readonly runtime?: string;
  /** Of what the source was made; null: of nothing. Where it is undefined, a comment at the end of the source is read. */
  readonly map?: SourceMapInput | null | undefined;
}

export interface TransformResult {
  readonly code: string;
  /** From `code` to what people wrote, through the map that came in. */
  readonly map: EncodedSourceMap;
  /** All generator functions, also those that were left alone. */
  readonly functions: readonly ExplainedFunction[];
}

/**
 * Compiles one file: names the call sites of its fiber functions, so that they can be checkpoints too, and makes their
 * loops pre-emptible. Lines stay lines; TypeScript stays TypeScript.
 *
 * @returns null if there is nothing to do, which for most files costs no parsing
 * @throws CompileError if the source is no program
 */
export function transform(source: string, options: TransformOptions): TransformResult | null {
  if (!mayHaveGenerators(source) || COMPILED.test(source)) return null;
  // A byte-order mark is of the file and not of the text: whoever counts columns does not see it.
  const text = source.replace(/^\ufeff/, '');
  const program = parse(text, options);
  const functions = findGenerators(program, text);
  const fibers = functions.filter(({ verdict }) => verdict === 'fiber');
  if (fibers.length === 0) return null;

  const { file, format, runtime = 'heddle/compiled' } = options;
  const input = readMap(options.map, text.slice(endOfStatements(program)));
  const locator = new Locator(text, file, input);
  const edited = instrument(text, program, fibers, {
    format,
    runtime,
    describe: (numbered) => describePlaces(numbered, text, file, locator),
  });
  // Finer than words nobody steps, and a map of every character costs several times as much.
  const { version, sources, sourcesContent, names, mappings } = edited.generateMap({
    source: file,
    hires: 'boundary',
    includeContent: true,
  });
  const own = { version: version as 3, sources, sourcesContent: sourcesContent!, names, mappings };
  return {
    code: edited.toString(),
    map: input === null ? own : compose(own, input),
    functions: explainGenerators(functions, text, locator),
  };
}

/** The output of this function, met again: in a program that was bundled and is then loaded. */
const COMPILED = /\b(?:from|require\()\s*['"]heddle\/compiled['"]/;

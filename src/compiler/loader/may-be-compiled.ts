import { mayHaveGenerators } from '../may-have-generators.js';

/** Found only in compiled code: a module can come through more than one hook, or from a bundler with `heddle/plugin`. */
const COMPILED = /\$module\d*\([\d, ]*\$places\d*\)/;

/**
 * Whether there may be something to compile in a module. Searches the bytes first, since decoding them takes several times
 * as long. For both patterns Latin-1 is enough.
 */
export function mayBeCompiled(source: string | Buffer): boolean {
  if (source.includes('$module') && COMPILED.test(source.toString('latin1'))) return false;
  return source.includes('yield') || mayHaveGenerators(source.toString('latin1'));
}

import { mayHaveGenerators } from '../may-have-generators.js';

/** What only compiled code has: a module can come by more than one hook, or out of a bundler with `heddle/plugin`. */
const COMPILED = /\$module\d*\([\d, ]*\$places\d*\)/;

/**
 * Whether there may be something to compile in a module. Searches bytes before it makes text of them, which takes several
 * times as long. For both patterns Latin-1 will do.
 */
export function mayBeCompiled(source: string | Buffer): boolean {
  if (source.includes('$module') && COMPILED.test(source.toString('latin1'))) return false;
  return source.includes('yield') || mayHaveGenerators(source.toString('latin1'));
}

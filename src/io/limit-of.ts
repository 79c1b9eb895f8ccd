import { checkInteger, checkOptions } from '../base/check.js';
import { checkKnown } from '../base/known-options.js';

/** `options.limit` of the function `f`, or `usual` without one: the most bytes to take. Throws `ArgumentError`. */
export function limitOf(f: string, options: { readonly limit?: number }, usual: number, least: number = 0): number {
  checkOptions(options);
  // Asked once for each line that is read, and mostly there is no option at all.
  for (const name in options) if (name !== 'limit') checkKnown(f, options, { limit: true });
  const { limit = usual } = options;
  checkInteger('limit', limit, least, Infinity);
  return limit;
}

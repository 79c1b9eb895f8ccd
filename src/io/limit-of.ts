import { checkInteger, checkOptions } from '../base/check.js';

/** The most bytes that are taken: what `options` say, or else `usual`. Throws `ArgumentError`. */
export function limitOf(options: { readonly limit?: number }, usual: number, least: number = 0): number {
  checkOptions(options);
  const { limit = usual } = options;
  checkInteger('limit', limit, least, Infinity);
  return limit;
}

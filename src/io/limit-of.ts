import { checkInteger, checkOptions } from '../base/check.js';

/** `options.limit`, or `usual` without one: the most bytes to take. Throws `ArgumentError`. */
export function limitOf(options: { readonly limit?: number }, usual: number, least: number = 0): number {
  checkOptions(options);
  const { limit = usual } = options;
  checkInteger('limit', limit, least, Infinity);
  return limit;
}

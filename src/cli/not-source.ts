import { ArgumentError } from '../base/errors.js';

/**
 * The error for a file that cannot be parsed and whose name says that it is something else: where in it the parser fails
 * would help nobody. Null for JavaScript and TypeScript, and for files without an extension, such as scripts.
 */
export function notSource(file: string): ArgumentError | null {
  if (/\.[cm]?[jt]sx?$/.test(file) || !/[^\\/.]\.[^\\/.]+$/.test(file)) return null;
  return new ArgumentError(`\`${file}\` is no JavaScript or TypeScript: give a file that is, such as \`server.ts\``);
}

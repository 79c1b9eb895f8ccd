import { ArgumentError } from '../base/errors.js';

/**
 * The error for a file that the parser cannot read and that by its name is something else: where in it the parser
 * stumbles helps nobody. Null for JavaScript and TypeScript, and for what has no extension, as scripts do.
 */
export function notSource(file: string): ArgumentError | null {
  if (/\.[cm]?[jt]sx?$/.test(file) || !/[^\\/.]\.[^\\/.]+$/.test(file)) return null;
  return new ArgumentError(`\`${file}\` is no JavaScript or TypeScript: give a file that is, such as \`server.ts\``);
}

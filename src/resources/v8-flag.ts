import { setFlagsFromString } from 'node:v8';

/**
 * Sets one of V8's flags for the whole process, unless its command line has it. Only some have an effect while a program runs:
 * those that V8 reads each time.
 *
 * @param name as in `node --v8-options`, without the leading dashes.
 * @returns whether it was set.
 */
export function setV8Flag(name: string, value: number): boolean {
  if (process.execArgv.some((flag) => flag.replaceAll('_', '-').startsWith(`--${name}`))) return false;
  setFlagsFromString(`--${name}=${value}`);
  return true;
}

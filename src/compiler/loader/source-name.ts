/**
 * What a specifier in TypeScript may mean where it leads to no file: `./pool.ts` for `./pool.js`, since TypeScript imports
 * a file by the name that it will have once it is compiled (`moduleResolution: nodenext`).
 *
 * @param from URL of the importing module
 * @returns null if it has no such meaning
 */
export function sourceName(specifier: string, from: string): string | null {
  if (!isTypeScript(from) || !COMPILED.test(specifier)) return null;
  return specifier.replace(COMPILED, '$1ts');
}

/** Whether a module is TypeScript that Node can run, by its URL. */
export function isTypeScript(url: string): boolean {
  return /^[^?#]*\.[cm]?ts(?:[?#]|$)/.test(url);
}

const COMPILED = /^(\.\.?\/[^?#]*\.[cm]?)js(?=[?#]|$)/;

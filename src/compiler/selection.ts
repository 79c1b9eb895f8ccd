/** Tells by its URL whether a module is to be compiled. */
export type Selection = (url: string) => boolean;

const PACKAGES = '/node_modules/';

/**
 * Selects the modules of the program: files outside of `node_modules`, and those of the named packages. Never what lies
 * under `own`, since compiled code runs on it. Decided by the text of the URL alone, since every module is asked about.
 */
export function makeSelection(own: string, packages: readonly string[]): Selection {
  const named = new Set(packages);
  return (url) => {
    if (!url.startsWith('file:') || url.startsWith(own)) return false;
    const at = url.lastIndexOf(PACKAGES);
    return at < 0 || (named.size > 0 && named.has(packageName(url, at + PACKAGES.length)));
  };
}

function packageName(url: string, from: number): string {
  const end = url.indexOf('/', url[from] === '@' ? url.indexOf('/', from) + 1 : from);
  return end < 0 ? url.slice(from) : url.slice(from, end);
}

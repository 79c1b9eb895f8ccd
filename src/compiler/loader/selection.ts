/** Tells by its URL whether a module is to be compiled. */
export type Selection = (url: string) => boolean;

const PACKAGES = '/node_modules/';

/**
 * The modules of the program: files outside of `node_modules`, and those of packages that are named. What lies under
 * `own`, the runtime's code, never is: compiled code runs on it. Told by text alone, since every module comes by here.
 *
 * @param own URL of heddle's own code, which a linked checkout has outside of `node_modules`
 * @param packages names of packages, such as `@scope/name`
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

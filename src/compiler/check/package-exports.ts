import { dirname, resolve } from 'node:path';
import { matchName } from './name-pattern.js';
import { targetPaths } from './target-paths.js';

/** What a `package.json` says. Anybody may have written anything into it. */
type Manifest = Readonly<Record<string, unknown>>;

/**
 * Makes a function that says which paths an import of a package may mean, the likeliest first: by the `exports` of its
 * `package.json` or, without any, by `types`, `module` and `main`. Only of packages that depend on heddle, since no others have
 * operations: those of a workspace, mostly. A package may import itself. What it exports may have to be built first, from `src`.
 *
 * @param read the text of a file; null if there is none
 */
export function packageExports(read: (path: string) => string | null): (source: string, from: string) => string[] {
  const known = new Map<string, string[]>();

  function pathsFrom(directory: string, name: string, subpath: string): string[] {
    const key = `${directory}\0${name}\0${subpath}`;
    let paths = known.get(key);
    if (paths === undefined) {
      const parent = dirname(directory);
      paths =
        pathsIn(directory, name, subpath) ??
        pathsIn(resolve(directory, 'node_modules', name), name, subpath) ??
        (parent === directory ? [] : pathsFrom(parent, name, subpath));
      known.set(key, paths);
    }
    return paths;
  }

  /** Null if it is not in that directory. */
  function pathsIn(directory: string, name: string, subpath: string): string[] | null {
    const manifest = manifestIn(directory);
    if (manifest?.['name'] !== name) return null;
    return dependsOnHeddle(manifest)
      ? fromSources(targetsOf(manifest, subpath)).map((one) => resolve(directory, one))
      : [];
  }

  const manifests = new Map<string, Manifest | null>();
  function manifestIn(directory: string): Manifest | null {
    let manifest = manifests.get(directory);
    if (manifest === undefined) {
      manifest = parsed(read(resolve(directory, 'package.json')));
      manifests.set(directory, manifest);
    }
    return manifest;
  }

  return (source, from) => {
    const [, name, rest] = PACKAGE.exec(source) ?? [];
    return name === undefined ? [] : pathsFrom(dirname(from), name, `.${rest}`);
  };
}

const PACKAGE = /^((?:@[^/]+\/)?[a-z0-9][^/:]*)((?:\/.*)?)$/;

function parsed(text: string | null): Manifest | null {
  if (text === null) return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' ? (value as Manifest | null) : null;
  } catch {
    return null;
  }
}

function dependsOnHeddle(manifest: Manifest): boolean {
  return DEPENDENCIES.some((kind) => Object.hasOwn(Object(manifest[kind]) as object, 'heddle'));
}

const DEPENDENCIES = ['dependencies', 'peerDependencies', 'devDependencies', 'optionalDependencies'];

function targetsOf(manifest: Manifest, subpath: string): string[] {
  const { exports } = manifest;
  if (exports === undefined) {
    if (subpath !== '.') return [subpath];
    const named = ['types', 'typings', 'module', 'main'].map((key) => manifest[key]);
    return [...named.filter((one) => typeof one === 'string'), './index.js'].map((one) =>
      one.replace(/^(?!\.\/)/, './'),
    );
  }
  const bySubpath =
    typeof exports === 'object' && exports !== null && Object.keys(exports).some((key) => key.startsWith('.'))
      ? (exports as Manifest)
      : { '.': exports };
  const match = matchName(subpath, Object.keys(bySubpath));
  return match === undefined ? [] : targetPaths(bySubpath[match.pattern], match.part);
}

/** The sources of what is built come first: they need no build, and say most. */
function fromSources(targets: readonly string[]): string[] {
  const sources = targets.map((one) => one.replace(/^\.\/[^/]+\//, './src/').replace(/\.d(\.[cm]?)ts$/, '$1js'));
  return [...sources, ...targets];
}

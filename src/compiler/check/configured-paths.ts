import { dirname, resolve } from 'node:path';
import { matchName } from './name-pattern.js';

/** The text of a file; null if there is none. */
type Read = (path: string) => string | null;

/** What a configuration of TypeScript says of names, with what it extends. */
interface Settings {
  /** By pattern, the paths that a name may mean; relative to `base` or, without one, to `from`. */
  readonly paths?: { readonly of: Fields; readonly from: string };
  /** The directory in which names are looked for that lead to no file by `paths`. */
  readonly base?: string;
}

/** An object of a configuration. Anybody may have written anything into it. */
type Fields = Readonly<Record<string, unknown>>;

/**
 * Makes a function that says which paths an import may mean by `paths` and `baseUrl` of the nearest `tsconfig.json` or
 * `jsconfig.json`, the likeliest first. Each directory is looked at once.
 */
export function configuredPaths(read: Read): (name: string, from: string) => string[] {
  const known = new Map<string, readonly Settings[]>();

  function settingsFor(directory: string): readonly Settings[] {
    let settings = known.get(directory);
    if (settings === undefined) {
      const parent = dirname(directory);
      settings =
        settingsIn(resolve(directory, 'tsconfig.json'), read) ??
        settingsIn(resolve(directory, 'jsconfig.json'), read) ??
        (parent === directory ? [] : settingsFor(parent));
      known.set(directory, settings);
    }
    return settings;
  }

  return (name, from) => settingsFor(dirname(from)).flatMap((one) => pathsOf(name, one));
}

function pathsOf(name: string, { paths, base }: Settings): string[] {
  const match = paths && matchName(name, Object.keys(paths.of));
  const targets = match === undefined ? [] : strings(paths!.of[match.pattern]);
  return [
    ...targets.map((target) =>
      resolve(
        base ?? paths!.from,
        target.replace('*', () => match!.part),
      ),
    ),
    ...(base === undefined ? [] : [resolve(base, name)]),
  ];
}

/** Also of the configurations to which it refers: one that has no files of its own leaves everything to them. */
function settingsIn(path: string, read: Read): Settings[] | null {
  const config = readFields(path, read);
  if (config === null) return null;
  const others = Array.isArray(config['references']) ? config['references'] : [];
  const paths = others.flatMap((one) => strings(fields(one)['path'])).map((one) => resolve(dirname(path), one));
  return [path, ...paths.map((one) => firstThere(one, read))]
    .filter((one) => one !== null)
    .map((one) => effective(one, dirname(one), read, []));
}

/** @param within the configurations that extend this one, which could go in a circle */
function effective(path: string, root: string, read: Read, within: readonly string[]): Settings {
  const config = within.includes(path) ? null : readFields(path, read);
  if (config === null) return {};
  const from = dirname(path);
  const inherited = strings(config['extends'])
    .map((name) => extended(name, from, read))
    .map((base) => (base === null ? {} : effective(base, root, read, [...within, path])));
  const { paths, baseUrl } = fields(config['compilerOptions']);
  const own: Settings = {
    ...(paths !== undefined && { paths: { of: rooted(fields(paths), root), from } }),
    ...(typeof baseUrl === 'string' && { base: resolve(from, baseUrl.replace(ROOT, root)) }),
  };
  return Object.assign({}, ...inherited, own) as Settings;
}

/** Stands for the directory of the configuration that extends the others. */
const ROOT = '${configDir}';

function rooted(paths: Fields, root: string): Fields {
  const pairs = Object.entries(paths).map(([key, targets]) => [
    key,
    strings(targets).map((one) => one.replace(ROOT, root)),
  ]);
  return Object.fromEntries(pairs) as Fields;
}

/** The path of a configuration that another one extends: a file or, by its name, one in a package. */
function extended(name: string, from: string, read: Read): string | null {
  if (/^(?:\.{0,2}\/|[a-z]:)/i.test(name)) return firstThere(resolve(from, name), read);
  for (let directory = from; ; directory = dirname(directory)) {
    const found = firstThere(resolve(directory, 'node_modules', name), read);
    if (found !== null || directory === dirname(directory)) return found;
  }
}

function firstThere(path: string, read: Read): string | null {
  return [path, `${path}.json`, resolve(path, 'tsconfig.json')].find((one) => read(one) !== null) ?? null;
}

function readFields(path: string, read: Read): Fields | null {
  const text = read(path);
  if (text === null) return null;
  try {
    return fields(JSON.parse(withoutExtras(text)));
  } catch {
    return {};
  }
}

/** Comments and commas before a closing bracket are allowed in these files, but not in JSON. */
function withoutExtras(text: string): string {
  return text
    .replace(/("(?:[^"\\]|\\.)*")|\/\/.*|\/\*[^]*?\*\//g, '$1')
    .replace(/("(?:[^"\\]|\\.)*")|,(?=\s*[\]}])/g, '$1')
    .replace(/^\ufeff/, '');
}

function fields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {};
}

/** Those of a list, or the only one. */
function strings(value: unknown): string[] {
  return [value].flat().filter((one) => typeof one === 'string');
}

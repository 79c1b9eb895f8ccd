import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

/** `build/test/layers.test.js` stands two levels below the root of the package. */
const SOURCE = fileURLToPath(new URL('../../src', import.meta.url));

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

/** Which floor may use which; a floor may use itself. What is not in here may use everything: composition roots. */
const FLOORS: Record<
  string,
  { readonly uses: readonly string[]; readonly types?: readonly string[]; readonly dynamic?: readonly string[] }
> = {
  base: { uses: [] },
  fibers: { uses: ['base'] },
  'blocking-graph': { uses: ['base', 'fibers'] },
  stride: { uses: ['base', 'fibers', 'resources'], types: ['blocking-graph'] },
  resources: { uses: ['base', 'fibers', 'blocking-graph'] },
  io: { uses: ['base', 'fibers'] },
  // The doors of web frameworks let requests in as heddle's own server does, a schema checks the body of one; what another
  // library starts runs in a runtime of its own where there is none.
  interop: { uses: ['base', 'fibers', 'io', 'runtime.ts'] },
  compiler: { uses: ['base'] },
  testing: { uses: ['base', 'fibers', 'runtime.ts', 'io'] },
  inspect: { uses: ['base', 'blocking-graph', 'process-info.ts'] },
  // Of the compiler only when a command needs it: a parser takes longer to load than most commands run.
  cli: {
    uses: ['base', 'blocking-graph', 'inspect', 'process-info.ts'],
    types: ['compiler'],
    dynamic: ['serve', 'compiler'],
  },
};
const ROOTS = [
  'index.ts',
  'lowlevel.ts',
  'compiled.ts',
  'register.ts',
  'runtime.ts',
  'main.ts',
  'process-info.ts',
  'serve',
];

/** What of the graph others may see: data and its renderings, not what learns it. */
const GRAPH_DATA = /^blocking-graph\/(?!graph-recorder|graph-node|call-chain|take-snapshot)/;

/** The implementation of a tool may not be pulled in by anything below it. */
const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
  .sort();

/** A statement at a time: `import …`, `export … from`, and `import('…')`. Comments never begin a line with these. */
const STATEMENT = /^(?:import|export)\s+(type\s)?([^;'"]*?\sfrom\s+)?['"]([^'"]+)['"]/gm;
const DYNAMIC = /\bimport\(\s*['"]([^'"]+)['"]\s*\)/g;

function importsOf(file: string): Import[] {
  const text = readFileSync(join(SOURCE, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
  const resolve = (path: string): string =>
    relative(SOURCE, join(SOURCE, dirname(file), path))
      .replaceAll('\\', '/')
      .replace(/\.js$/, '.ts');
  const statements = [...text.matchAll(STATEMENT)].map(([, type, clause = '', path]) => {
    const names = /\{([^}]*)\}/
      .exec(clause)?.[1]
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? ['*'];
    return {
      path: path!,
      typeOnly: type !== undefined || names.every((name) => name.startsWith('type ')),
      dynamic: false,
    };
  });
  const dynamic = [...text.matchAll(DYNAMIC)].map(([, path]) => ({ path: path!, typeOnly: false, dynamic: true }));
  return [...statements, ...dynamic]
    .filter(({ path }) => path.startsWith('.'))
    .map(({ path, ...rest }) => ({ from: file, to: resolve(path), ...rest }));
}

const imports = files.flatMap(importsOf);

function floorOf(file: string): string {
  return file.split('/')[0]!;
}

function allowed({ from, to, typeOnly, dynamic }: Import): boolean {
  const [here, there] = [floorOf(from), floorOf(to)];
  if (here === there || ROOTS.includes(here)) return true;
  const floor = FLOORS[here];
  if (floor === undefined) return false;
  if (typeOnly && floor.types?.includes(there)) return true;
  if (dynamic && floor.dynamic?.includes(there)) return true;
  if (!floor.uses.includes(there)) return false;
  return !(there === 'blocking-graph' && ['inspect', 'cli'].includes(here)) || GRAPH_DATA.test(to);
}

test('arrows between floors point downwards', (t) => {
  t.deepEqual(
    imports.filter((one) => !allowed(one)).map(({ from, to }) => `${from} -> ${to}`),
    [],
  );
});

test('every floor is in the plan', (t) => {
  const known = [...Object.keys(FLOORS), ...ROOTS];
  t.deepEqual(
    [...new Set(files.map(floorOf))].filter((floor) => !known.includes(floor)),
    [],
  );
});

test('every relative import leads to a file', (t) => {
  t.deepEqual(
    imports.filter(({ to }) => !files.includes(to)).map(({ from, to }) => `${from} -> ${to}`),
    [],
  );
  t.true(imports.length > 100, 'the imports were not read');
});

test('there are no cycles among imports of values', (t) => {
  const uses = new Map<string, string[]>(files.map((file) => [file, []]));
  for (const { from, to, typeOnly, dynamic } of imports) if (!typeOnly && !dynamic) uses.get(from)!.push(to);
  const done = new Set<string>();
  const cycles: string[] = [];
  function visit(file: string, path: readonly string[]): void {
    const at = path.indexOf(file);
    if (at >= 0) return void cycles.push([...path.slice(at), file].join(' -> '));
    if (done.has(file)) return;
    for (const next of uses.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  }
  for (const file of files) visit(file, []);
  t.deepEqual(cycles, []);
});

test('the core needs no package that is not part of Node', (t) => {
  const core = [
    'base',
    'fibers',
    'blocking-graph',
    'stride',
    'resources',
    'io',
    'testing',
    'runtime.ts',
    'main.ts',
    'index.ts',
    'lowlevel.ts',
    'compiled.ts',
  ];
  const foreign = files
    .filter((file) => core.includes(floorOf(file)))
    .flatMap((file) => {
      const text = readFileSync(join(SOURCE, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '');
      return [...text.matchAll(STATEMENT)]
        .map(([, , , path]) => `${file} -> ${path}`)
        .filter((one) => !/-> (\.|node:)/.test(one));
    });
  t.deepEqual(foreign, []);
});

test('what the fibers are made of does not reach for real time or chance', (t) => {
  const pure = ['fibers', 'blocking-graph', 'stride', 'testing', 'base', 'compiler'];
  const offenders = files
    .filter((file) => pure.includes(floorOf(file)) && file !== 'base/clock.ts')
    .filter((file) =>
      /\b(setTimeout|setInterval|Date\.now|Math\.random|performance\.now)\(/.test(
        readFileSync(join(SOURCE, file), 'utf8'),
      ),
    );
  t.deepEqual(offenders, []);
});

test('no file is longer than 300 lines', (t) => {
  t.deepEqual(
    files
      .map((file) => [file, readFileSync(join(SOURCE, file), 'utf8').split('\n').length] as const)
      .filter(([, lines]) => lines > 300),
    [],
  );
});

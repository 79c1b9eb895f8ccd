import { readdirSync, readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { generatedPositionFor, originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { transformSync } from 'esbuild';
import { transform, type TransformOptions } from '#src/compiler/transform.js';
import { readCorpus } from './support/corpus.js';

/** Words, and other characters one by one: no token begins anywhere else. */
const TOKEN = /[\p{ID_Start}$_][\p{ID_Continue}$]*|\d\w*|[^\s\w]/gu;

interface Token {
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** From 0. */
  readonly column: number;
}

function tokensOf(source: string): Token[] {
  return source
    .split('\n')
    .flatMap((text, line) =>
      Array.from(text.matchAll(TOKEN), (at) => ({ text: at[0], line: line + 1, column: at.index })),
    );
}

/** Each token of the source is found in the output, under the position that the map has for it, and in the same order. */
function mapsEveryToken(t: ExecutionContext, source: string, options: TransformOptions): void {
  const result = transform(source, options)!;
  const map = new TraceMap(result.map);
  const lines = result.code.split('\n');
  let last = { line: 0, column: 0 };
  for (const { text, line, column } of tokensOf(source)) {
    const where = `${options.file}:${line}:${column + 1}: ${text}`;
    const at = generatedPositionFor(map, { source: options.file, line, column });
    if (at.line === null || !lines[at.line - 1]!.startsWith(text, at.column))
      return t.fail(`${where} is not in the output`);
    if (at.line < last.line || (at.line === last.line && at.column <= last.column)) return t.fail(`${where} has moved`);
    const back = originalPositionFor(map, at);
    if (back.line !== line || back.column !== column) return t.fail(`${where} comes from ${back.line}:${back.column}`);
    last = at;
  }
  t.deepEqual(result.map.sources, [options.file]);
  t.deepEqual(result.map.sourcesContent, [source]);
}

const CODE = `function* handle(connection) {
  "use strict"
  for (;;) yield* connection.read(/* 😀 */ yield* (a, b));
}
`;

test('every token of the corpus maps to where it was written', (t) => {
  mapsEveryToken(t, CODE, { file: 'file.js', format: 'module', parser: 'acorn' });
  const cases = readCorpus().filter(({ alone }) => !alone);
  t.true(cases.length > 50);
  for (const { source, formats, topic, claim } of cases) {
    const options = { file: `${topic}, ${claim}`, format: formats[0]! } as const;
    if (transform(source, options) !== null) mapsEveryToken(t, source, options);
  }
});

test("every token of the package's own source maps to where it was written", (t) => {
  const directory = new URL('../../../src/', import.meta.url);
  let compiled = 0;
  for (const file of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    if (!file.endsWith('.ts')) continue;
    const source = readFileSync(new URL(file, directory), 'utf8');
    const options = { file, format: 'module' } as const;
    if (transform(source, options) === null) continue;
    mapsEveryToken(t, source, options);
    compiled++;
  }
  t.true(compiled > 30);
});

const TYPESCRIPT = `import type { Connection } from 'heddle/net';

interface Limits { readonly requests: number }

enum State { Open, Closed }

export class Server<T extends Limits> {
  constructor(private readonly limits: T, public state: State = State.Open) {}

  *accept(this: Server<T>, connection: Connection): Generator<unknown, number | undefined> {
    let count: number = 0;
    for (const limit of [this.limits.requests] as const)
      while ((count as number) < limit) {
        const chunk = (yield* connection.read()) as Uint8Array | null;
        if (chunk === null) return count;
        yield* connection
          .write(chunk!)
        count++;
      }
  }
}

export const main = function* <T>(value: T): Generator<T> { yield* [value] satisfies T[]; };
`;

/** Made by esbuild, with a map that leads to `server.ts`. */
function withoutTypes(
  sourcemap: 'inline' | 'external',
  options: { minify?: boolean } = {},
): { code: string; map: string } {
  return transformSync(TYPESCRIPT, { loader: 'ts', sourcemap, sourcefile: 'server.ts', ...options });
}

/** What maps to the TypeScript in the map that came in does so in the one that comes out. */
function tracesThrough(
  t: ExecutionContext,
  source: string,
  incoming: TraceMap,
  result: { code: string; map: unknown },
): void {
  const plain = new TraceMap(transform(source, { file: 'server.js', format: 'module', map: null })!.map);
  const composed = new TraceMap(result.map as ConstructorParameters<typeof TraceMap>[0]);
  const written = TYPESCRIPT.split('\n');
  let traced = 0;
  for (const { text, line, column } of tokensOf(source.replace(/\/\/# sourceMappingURL.*/, ''))) {
    const original = originalPositionFor(incoming, { line, column });
    if (original.line === null || !written[original.line - 1]!.startsWith(text, original.column)) continue;
    const at = generatedPositionFor(plain, { source: 'server.js', line, column });
    const { line: tracedLine, column: tracedColumn } = originalPositionFor(
      composed,
      at as { line: number; column: number },
    );
    t.deepEqual([tracedLine, tracedColumn], [original.line, original.column], `${line}:${column} ${text}`);
    traced++;
  }
  t.true(traced > 40, `only ${traced} tokens`);
}

/** The table of compiled TYPESCRIPT, whose entries name `elsewhere` if that is not the file that was compiled. */
function placesOfTypeScript(file: string, ...elsewhere: string[]): unknown {
  const at = (text: string): [number, number] => {
    const before = TYPESCRIPT.slice(0, TYPESCRIPT.indexOf(text)).split('\n');
    return [before.length, before.at(-1)!.length + 1];
  };
  return [
    file,
    ['function', 'Server.accept', ...at('accept(this'), ...elsewhere],
    ['loop', 0, ...at('for (const'), 'for of', ...elsewhere],
    ['loop', 0, ...at('while'), 'while', ...elsewhere],
    ['site', 0, ...at('yield* connection.read'), 'connection.read', ...elsewhere],
    ['site', 0, ...at('yield* connection\n'), 'connection.write', ...elsewhere],
    ['function', 'main', ...at('function* <T>'), ...elsewhere],
    ['site', 5, ...at('yield* [value]'), '[value]', ...elsewhere],
  ];
}

function placesOf(code: string): unknown {
  return JSON.parse(/^function \$places\(\) \{ return (.*); \}$/m.exec(code)![1]!);
}

test('a map in a comment of the text is read, and led through', (t) => {
  const { code } = withoutTypes('inline');
  const result = transform(code, { file: 'server.js', format: 'module' })!;
  const comment = code.slice(code.indexOf('base64,') + 7);
  tracesThrough(t, code, new TraceMap(Buffer.from(comment, 'base64').toString()), result);
  t.deepEqual(result.map.sources, ['server.ts']);
  t.deepEqual(result.map.sourcesContent, [TYPESCRIPT]);
  t.deepEqual(placesOf(result.code), placesOfTypeScript('server.js', 'server.ts'));
});

test('the map to the text that was compiled is there too, whatever that was made of', (t) => {
  const { code } = withoutTypes('inline');
  const options = { file: 'server.js', format: 'module' } as const;
  t.deepEqual(transform(code, options)!.ownMap, transform(code, { ...options, map: null })!.map);
});

test('a map is looked for only if there is something to compile', (t) => {
  const { code, map } = withoutTypes('external');
  const options = { file: 'server.js', format: 'module' } as const;
  const found = transform(code, { ...options, map: () => map })!;
  const given = transform(code, { ...options, map })!;
  t.deepEqual([found.code, found.map], [given.code, given.map]);
  t.is(transform('function* data() { yield 1 }', { ...options, map: () => t.fail() as never }), null);
});

test('a map that is given is led through in any of its forms, minified code included', (t) => {
  const { code, map } = withoutTypes('external', { minify: true });
  const parsed = JSON.parse(map) as { sources: string[] };
  const forms = [
    map,
    parsed,
    { version: 3, sections: [{ offset: { line: 0, column: 0 }, map: parsed }] },
  ] as TransformOptions['map'][];
  for (const form of forms) {
    const result = transform(code, { file: 'server.js', format: 'module', map: form })!;
    tracesThrough(t, code, new TraceMap(map), result);
    t.deepEqual(result.map.sources, ['server.ts']);
  }
});

test('sources are named from where the compiled file is, and only if they are another file', (t) => {
  const { code, map } = withoutTypes('external');
  const places = (file: string, source: string, sourceRoot?: string): unknown => {
    const given = {
      ...JSON.parse(map),
      sources: [source],
      ...(sourceRoot && { sourceRoot }),
    } as TransformOptions['map'];
    return placesOf(transform(code, { file, format: 'module', map: given! })!.code);
  };
  t.deepEqual(places('/app/server.ts', 'server.ts'), placesOfTypeScript('/app/server.ts'));
  t.deepEqual(places('/app/server.ts', '/app/server.ts'), placesOfTypeScript('/app/server.ts'));
  t.deepEqual(places('/app/a b.ts', 'file:///app/a%20b.ts'), placesOfTypeScript('/app/a b.ts'));
  t.deepEqual(places('file:///app/a%20b.ts', '/app/a b.ts'), placesOfTypeScript('file:///app/a%20b.ts'));
  t.deepEqual(
    places('/app/dist/server.js', '../src/server.ts'),
    placesOfTypeScript('/app/dist/server.js', '/app/src/server.ts'),
  );
  t.deepEqual(
    places('/app/dist/server.js', 'server.ts', '../src'),
    placesOfTypeScript('/app/dist/server.js', '/app/src/server.ts'),
  );
  t.deepEqual(places('dist/server.js', '../src/server.ts'), placesOfTypeScript('dist/server.js', 'src/server.ts'));
  t.deepEqual(
    places('/app/server.js', 'webpack://app/server.ts'),
    placesOfTypeScript('/app/server.js', 'webpack://app/server.ts'),
  );
  t.deepEqual(
    places('/app/server.js', 'file://host/server.ts'),
    placesOfTypeScript('/app/server.js', 'file://host/server.ts'),
  );
});

test('what the map that came in knows nothing of stays where it is', (t) => {
  const { code, map } = withoutTypes('external');
  const given = { ...(JSON.parse(map) as object), mappings: '' } as TransformOptions['map'];
  const unmapped = transform(code, { file: 'server.js', format: 'module', map: given! })!;
  t.deepEqual(
    placesOf(unmapped.code),
    placesOf(transform(code, { file: 'server.js', format: 'module', map: null })!.code),
  );
});

test('a map that cannot be read is none', (t) => {
  const source = 'function* f() { yield* x }';
  const plain = transform(source, { file: 'a.js', format: 'module' })!;
  const wild = { version: 3, sources: ['b.ts'], names: [], mappings: 'AAAA,gBEAA,EFFF' };
  const odd = { version: 3, sources: ['b.ts'], names: [], mappings: 'AAAA', ignoreList: 1 };
  const maps = ['no JSON', {}, { version: 3, sections: 1 }, 7, wild, odd] as unknown as TransformOptions['map'][];
  for (const map of maps) {
    const result = transform(source, { file: 'a.js', format: 'module', map: map! })!;
    t.deepEqual([result.code, result.map], [plain.code, plain.map]);
  }
  for (const data of [
    'application/json;base64,e30',
    'application/json;base64,%',
    'application/json,%',
    'text/plain,{}',
  ])
    t.true(
      transform(`${source}\n//# sourceMappingURL=data:${data}`, {
        file: 'a.js',
        format: 'module',
      })!.map.mappings.startsWith(plain.map.mappings),
      data,
    );
});

test('text that looks like a comment with a map, and is in the program, is no map', (t) => {
  const { code } = withoutTypes('inline');
  const comment = code.slice(code.indexOf('//# source'));
  const source = `function* f() { yield* x }\n\`\n${comment}\`;\n`;
  t.deepEqual(transform(source, { file: 'a.js', format: 'module' })!.map.sources, ['a.js']);
});

test('a map with percent signs is read too', (t) => {
  const { code, map } = withoutTypes('external');
  const source = `${code}//# sourceMappingURL=data:application/json;charset=utf-8,${encodeURIComponent(map)}\n`;
  t.deepEqual(
    placesOf(transform(source, { file: 'server.js', format: 'module' })!.code),
    placesOfTypeScript('server.js', 'server.ts'),
  );
});

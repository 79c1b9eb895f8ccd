import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import test from 'ava';
import { transform } from '#src/compiler/transform.js';

/** Checks programs as in a package that has heddle installed, where types have names only by heddle's doors. */
async function check(
  t: { teardown(f: () => void): void },
  source: string | readonly string[],
  libraries: readonly string[] = [],
): Promise<string> {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-types-')));
  t.teardown(() => rmSync(directory, { recursive: true }));
  mkdirSync(join(directory, 'node_modules/@types'), { recursive: true });
  symlinkSync(process.cwd(), join(directory, 'node_modules/heddle'));
  symlinkSync(realpathSync('node_modules/@types/node'), join(directory, 'node_modules/@types/node'));
  writeFileSync(join(directory, 'package.json'), '{ "type": "module" }');
  const files = [source].flat().map((text, i) => ({ name: `program${i}.ts`, text }));
  for (const { name, text } of files) writeFileSync(join(directory, name), text);
  const config = {
    compilerOptions: {
      target: 'es2023',
      lib: ['es2023', 'esnext.disposable', ...libraries],
      module: 'nodenext',
      types: ['node'],
      strict: true,
      noUncheckedIndexedAccess: true,
      exactOptionalPropertyTypes: true,
      noImplicitReturns: true,
      noUnusedLocals: true,
      skipLibCheck: true,
      declaration: true,
      emitDeclarationOnly: true,
    },
    files: files.map(({ name }) => name),
  };
  writeFileSync(join(directory, 'tsconfig.json'), JSON.stringify(config));
  return promisify(execFile)(process.execPath, ['node_modules/typescript/bin/tsc', '-p', directory]).then(
    () => '',
    ({ stdout }: { stdout: string }) => stdout,
  );
}

test('a package that exports functions of operations, and leaves their types to TypeScript, can have declarations', async (t) => {
  const found = await check(
    t,
    `
      import { all, channel, event, scope, select, semaphore, sleep, spawn, suspend, withTimeout } from 'heddle';
      import { lookup, resolve } from 'heddle/dns';
      import { open, stat } from 'heddle/fs';
      import { fetch, listen as listenHttp } from 'heddle/http';
      import { connect, listen } from 'heddle/net';
      import { execute, start } from 'heddle/process';
      import { fromAsyncIterable } from 'heddle/promises';
      import { byteReader, reader, writer } from 'heddle/streams';
      import { bind } from 'heddle/udp';

      export function* waits() {
        const jobs = channel<string>();
        const chosen = yield* select({ job: jobs.receive(), idle: sleep(10), stop: event().wait() });
        const [permit, number] = yield* all([semaphore(3).acquire(), suspend<number>((resume) => resume(1))]);
        return { jobs, stats: jobs.stats(), chosen, permit, number };
      }
      export function* fibers() {
        return yield* scope(function* (work) {
          const fiber = yield* spawn(waits);
          return { work, fiber, result: yield* withTimeout(10, fiber.join()) };
        });
      }
      export function* sockets() {
        const listener = yield* listen({ port: 0 });
        const connection = yield* connect({ port: listener.port });
        return { listener, connection, stats: connection.stats(), udp: yield* bind({ port: 0 }) };
      }
      export function* web() {
        return { server: yield* listenHttp(), response: yield* fetch('http://localhost/') };
      }
      export function* system() {
        const { stdin, stdout } = process;
        return {
          file: yield* open('a'),
          stats: yield* stat('a'),
          ran: yield* execute('true'),
          child: yield* start('true'),
          address: yield* lookup('localhost'),
          servers: yield* resolve('localhost', 'MX'),
          streams: [reader(stdin), byteReader(stdin), writer(stdout)] as const,
          pulled: fromAsyncIterable(stdin),
        };
      }
    `,
  );
  t.is(found, '');
});

test('a module that imports nothing but one door can have declarations', async (t) => {
  const modules = [
    ['dns', "lookup('localhost')"],
    ['fs', "stat('a')"],
    ['http', "fetch('http://localhost/')"],
    ['net', 'connect({ port: 7 })'],
    ['process', "execute('true')"],
    ['promises', 'withSignal(AbortSignal.abort(), [])'],
    ['streams', 'reader(process.stdin).read()'],
    ['testing', 'connectionPair()'],
    ['udp', 'bind({ port: 0 })'],
  ].map(([door, operation]) => {
    const name = operation!.slice(0, operation!.indexOf('('));
    return `import { ${name} } from 'heddle/${door}';\nexport function* f() {\n  yield* ${operation};\n}\n`;
  });
  t.is(await check(t, modules), '');
});

test('who writes yield before an operation is told by the type checker how to write it', async (t) => {
  const found = await check(t, `import { main, sleep } from 'heddle';\nmain(function* () {\n  yield sleep(1);\n});\n`);
  t.regex(found, /write `yield\*`, not `yield`/);
});

test('a stream of fibers is a body of `fetch`, where TypeScript has the library `dom`, too', async (t) => {
  const source = `
    import { fetch, type ServerRequest } from 'heddle/http';
    import { toWebStream } from 'heddle/streams';
    export function* forward(request: ServerRequest) {
      const body = toWebStream(function* (push) {
        for (let chunk = yield* request.read(); chunk !== null; chunk = yield* request.read()) yield* push(chunk);
      });
      return yield* fetch('http://localhost/', { method: 'POST', body, duplex: 'half' });
    }`;
  t.is(await check(t, source, ['dom']), '');
});

test('web streams of the platform are read, and made, by operations, with the library `dom` and without', async (t) => {
  const source = `
    import { abortable, type Operation } from 'heddle';
    import { forEachLine, fromWeb, pipe, readAll, toWebStream, type Reader } from 'heddle/streams';
    import type { Writable } from 'node:stream';
    import { ReadableStream as NodeStream } from 'node:stream/web';
    export function* read(sink: Writable): Operation<number> {
      const response = yield* abortable((signal) => fetch('http://localhost/', { signal }));
      const bytes: Reader<Uint8Array> = fromWeb(response.body!, { own: true });
      let sum = 0;
      yield* bytes.forEach((chunk) => void (sum += chunk.length));
      const made: Reader<string>[] = [fromWeb(new ReadableStream<string>()), fromWeb(new NodeStream<string>())];
      yield* fromWeb(response.body!.pipeThrough(new TextDecoderStream())).forEach((text) => void text.length);
      yield* fromWeb<Uint8Array>(new Blob(['a']).stream()).read();
      yield* pipe(response.body!, sink);
      yield* forEachLine(response.body!, (line) => void line);
      return sum + made.length + (yield* readAll(response.body!)).length;
    }
    export function made(): Response {
      return new Response(toWebStream(function* (push) { yield* push(new Uint8Array(1)); }));
    }`;
  for (const libraries of [[], ['dom'], ['dom', 'dom.iterable', 'dom.asynciterable']])
    t.is(await check(t, source, libraries), '');
});

test('what the compiler makes of TypeScript type-checks like it, for bundlers that look at that', async (t) => {
  const source = `import { all, sleep, type Operation } from 'heddle';
    interface Row { readonly value?: number; readonly name: string }
    export function* sum(list: readonly number[]): Operation<number> {
      let total = 0;
      for (const one of list) total += one;
      for (let i = 0; i < 10; i++) total += i;
      for (const [key, value] of Object.entries({ a: 1 })) total += value + key.length;
      while (total > 100) total -= 1;
      for (;;) {
        yield* sleep(1);
        if (total > 0) return total;
      }
    }
    export function* silent(rows: Iterable<Row>): Generator<never, number> {
      let total = 0;
      for (const row of rows) {
        if (row.value === undefined) continue;
        total += row.value + row.name.length;
      }
      for (const { value = 1 } of rows) total += value;
      do total--; while (total > 10);
      for (const key in { a: 1 }) total += key.length;
      return total;
    }
    export function* numbers(): Generator<number, void> {
      yield* [1, 2];
      for (let i = 0; i < 10; i++) yield* [i];
    }
    export function* inferred(n: number) {
      let i = 0;
      for (;;) if (i++ > n) return i;
    }
    export function* first(list: readonly number[], n: number): Operation<number> {
      for (let i = 0; ; i++) if (list[i] === n) return i;
    }
    export function* found(n: number): Operation<number> {
      while (true) if (n-- < 0) return n;
    }
    export class Last<T extends string | number> {
      *of(list: Iterable<T>): Operation<T | undefined> {
        let last: T | undefined;
        for (const one of list) last = one;
        yield* all([sleep(1), this.of(list)]);
        for (let i = 0, newest: T | null = null; i < 3; i++) newest = last ?? newest;
        return last;
      }
    }
    export function* either(value: string | number, map: Map<string, number>): Operation<number> {
      let found: number | undefined;
      for (const one of map.values()) {
        found = one;
        if (typeof value === 'string') value = value.length;
      }
      while (typeof value === 'number' && value > 3) value -= 1;
      return found ?? 0;
    }
  `;
  t.is(await check(t, source), '');
  t.is(await check(t, transform(source, { file: 'program.ts', format: 'module' })!.code), '');
});

import { PassThrough, Readable } from 'node:stream';
import test from 'ava';
import { Effect } from 'effect';
import {
  all,
  ArgumentError,
  channel,
  event,
  FiberLocal,
  gate,
  HeddleError,
  main,
  moveOnAfter,
  mutex,
  resource,
  Runtime,
  run,
  scope,
  select,
  semaphore,
  shield,
  sleep,
  spawnDaemon,
  until,
  type Operation,
} from 'heddle';
import { runIn } from 'heddle/cls-hooked';
import { lookup, resolve, reverse } from 'heddle/dns';
import { fromEffect, fromScopedEffect, provideRuntime, schema } from 'heddle/effect';
import { expressFibers } from 'heddle/express';
import { fastifyFibers } from 'heddle/fastify';
import {
  attempt,
  fromEither,
  fromOption,
  fromReaderTaskEither,
  fromTask,
  fromTaskEither,
  toOption,
  toReaderTaskEither,
  toTask,
} from 'heddle/fp-ts';
import * as fs from 'heddle/fs';
import { honoFibers } from 'heddle/hono';
import { fetch, json, listen as listenHttp, serve, text, type ClientResponse, type ServerRequest } from 'heddle/http';
import { connect, listen } from 'heddle/net';
import { nodeFibers } from 'heddle/node-http';
import { execute, start } from 'heddle/process';
import { abortSignal, openScope, own, toAsyncIterable, toPromise, withSignal } from 'heddle/promises';
import {
  add,
  describeDeadlocks,
  findDeadlocks,
  findImbalances,
  hotNodes,
  longestWaits,
  longRuns,
  parseSnapshot,
  predictRemaining,
  render,
  subtract,
} from 'heddle/snapshot';
import { byteReader, forEachLine, pipe, readAll, reader, toReadable, toWebStream, writer } from 'heddle/streams';
import { connectionPair, sameEvents, simulate, simulateMany, VirtualClock } from 'heddle/testing';
import { bind } from 'heddle/udp';

/* What the types forbid, as it comes from JavaScript. */
const wrong = (value: unknown): never => value as never;
const nothing = (): void => {};
function* noop(): Operation<void> {}
const stream = (): Readable => Readable.from(['a\n']);
const picture = async (...args: [format: never, options?: never]): Promise<string> =>
  render(await new Runtime().snapshot(), ...args);
const here = import.meta.filename ?? '.';

/** As below; these also refuse an option that they do not have. */
const strict: Readonly<Record<string, (options: never) => unknown>> = {
  'net.listen': (o) => listen(o),
  'net.connect': (o) => connect(o),
  'udp.bind': (o) => bind(o),
  'http.listen': (o) => listenHttp(o),
  toWebStream: (o) => toWebStream(noop, o),
  fetch: (o) => fetch('http://127.0.0.1:9', o),
  'http.serve': (o) => serve(noop as never, o),
  json: (o) => json(1, o),
  text: (o) => text('', o),
  readFile: (o) => fs.readFile(here, o),
  readText: (o) => fs.readText(here, 'utf8', o),
  writeFile: (o) => fs.writeFile('/nonexistent/a', '', o),
  forEachChunk: (o) => fs.forEachChunk(here, nothing, o),
  'fs.forEachLine': (o) => fs.forEachLine(here, nothing, o),
  mkdir: (o) => fs.mkdir('/nonexistent/a', o),
  remove: (o) => fs.remove('/nonexistent/a', o),
  copyFile: (o) => fs.copyFile('/nonexistent/a', '/nonexistent/b', o),
  execute: (o) => execute('true', [], o),
  start: (o) => start('true', [], o),
  lookup: (o) => lookup('localhost', o),
  resolve: (o) => resolve('localhost', 'A', o),
  reverse: (o) => reverse('127.0.0.1', o),
  byteReader: (o) => byteReader(stream(), o),
  reader: (o) => reader(stream(), o),
  writer: (o) => writer(new PassThrough(), o),
  'streams.forEachLine': (o) => forEachLine(stream(), nothing, o),
  pipe: (o) => pipe(stream(), process.stdout, o),
  readAll: (o) => readAll(stream(), o),
  toReadable: (o) => toReadable(noop, o),
  all: (o) => all([], o),
  channel: (o) => channel(1, o),
  event: (o) => event(o),
  mutex: (o) => mutex(o),
  semaphore: (o) => semaphore(1, o),
  shield: (o) => shield(sleep(0), o),
  toPromise: (o) => toPromise(sleep(0), o),
  toAsyncIterable: (o) => toAsyncIterable(noop, o),
  toTask: (o) => toTask(noop, o),
  connectionPair: (o) => connectionPair(o),
  'Listener.serve': (o) => serving(o),
  'ClientResponse.bytes': (o) => exchange((_, response) => response.bytes(o)),
  'ServerRequest.bytes': (o) => exchange((request) => request.bytes(o)),
  'File.sync': (o) => syncing(o),
  readLine: (o) => byteReader(stream()).readLine(o),
  readUntil: (o) => byteReader(stream()).readUntil('\n', o),
};

/** What takes options, and each is given what is none. */
const optioned: Readonly<Record<string, (options: never) => unknown>> = {
  'net.listen: tls': (o) => listen({ port: 0, tls: o }),
  'net.connect: tls': (o) => connect({ port: 9, tls: o }),
  'http.listen: tls': (o) => listenHttp({ tls: o }),
  'http.listen: node': (o) => listenHttp({ node: o }),
  gate: (o) => gate(o),
  resource: (o) => resource('r', o),
  select: (o) => select(o),
  Runtime: (o) => new Runtime(o),
  'Runtime: scheduling': (o) => new Runtime({ scheduling: o }),
  'Runtime: clock': (o) => new Runtime({ clock: o }),
  nodeFibers: (o) => nodeFibers(o),
  expressFibers: (o) => expressFibers(o),
  honoFibers: (o) => honoFibers(o),
  VirtualClock: (o) => new VirtualClock(o),
};

for (const [name, call] of Object.entries({ ...optioned, ...strict })) {
  for (const value of [null, 4, 'jobs', nothing])
    test(`${name} says that its options are none: ${typeof value}`, async (t) => {
      await t.throwsAsync(
        inFiber(() => call(wrong(value))),
        { instanceOf: ArgumentError },
      );
    });
}

/** Where an option that is passed over would leave a program without what it asked for. */
const misspelt: Readonly<Record<string, () => unknown>> = {
  gate: () => gate({ name: 'g', goal: 50, prioriti: 2 } as never),
  resource: () => resource('r', { capacity: 1, capacty: 2 } as never),
  Runtime: () => new Runtime({ schedulling: {} } as never),
  run: () => run(noop, { singal: AbortSignal.abort() } as never),
  main: () => main(noop, { inspct: false } as never),
  'Runtime of what only run has': () => new Runtime({ signal: AbortSignal.abort() } as never),
  'run of what only main has': () => run(noop, { inspect: false } as never),
  'main of what only run has': () => main(noop, { signal: AbortSignal.abort() } as never),
  'net.listen': () => listen({ port: 0, gaol: 50 } as never),
  'net.connect': () => connect({ port: 9, tsl: true } as never),
  'http.listen': () => listenHttp({ gaol: 50 } as never),
  'http.listen of what only serve has': () => listenHttp({ onListen: nothing } as never),
  'http.serve': () => serve(noop as never, { port: 0, gaol: 50 } as never),
  'net.listen, in its TLS': () => listen({ port: 0, tls: { requestCerts: true } as never }),
  'net.connect, in its TLS': () => connect({ port: 9, tls: { rejectUnauthorised: false } as never }),
  'http.listen, in its TLS': () => listenHttp({ tls: { ticketKey: 1 } as never }),
  'http.listen, in the options of Node': () => listenHttp({ node: { requestTimeut: 1 } as never }),
  nodeFibers: () => nodeFibers({ kindof: () => '' } as never),
  expressFibers: () => expressFibers({ gaol: 50 } as never),
  honoFibers: () => honoFibers({ gaol: 50 } as never),
};

for (const [name, call] of Object.entries(misspelt))
  test(`${name} says that it has no such option`, async (t) => {
    await t.throwsAsync(inFiber(call), { instanceOf: ArgumentError, message: /^Unknown option `\w+` of `\w+`; / });
  });

test('an unknown option is told with the one that may have been meant, or with all', (t) => {
  const told = (options: object): string => (t.throws(() => serve(noop as never, options)) as Error).message;
  t.is(told({ gaol: 500 }), 'Unknown option `gaol` of `serve`; did you mean `goal`?');
  t.is(told({ onlisten: nothing }), 'Unknown option `onlisten` of `serve`; did you mean `onListen`?');
  t.is(told({ priority: nothing }), 'Unknown option `priority` of `serve`; did you mean `priorityOf`?');
  t.regex(told({ verbose: true }), /^Unknown option `verbose` of `serve`; there are `port`, `host`, .*, `onListen`$/);
  t.is(told({ tls: { minversion: 'TLSv1.3' } }), 'Unknown option `minversion` of `tls`; did you mean `minVersion`?');
  // What resembles none may be an option of a newer Node.
  const tls: object = { key: 'PEM', cert: 'PEM', ech: 1 };
  t.notThrows(() => serve(noop as never, { node: { optimizeEmptyRequests: true } as object, tls }));
});

test('a TLS server without a certificate is told what it lacks, and no key is printed', async (t) => {
  for (const [tls, lacks] of [
    [{}, 'a `key` and its `cert`'],
    [{ key: 'SECRET' }, 'the `cert` of its `key`'],
    [{ cert: 'PEM' }, 'the `key` of its `cert`'],
    [{ ca: 'PEM', passphrase: 'SECRET' }, 'a `key` and its `cert`'],
    [{ key: '', cert: '' }, 'a `key` and its `cert`'],
    [{ key: null as never, cert: 'PEM' }, 'the `key` of its `cert`'],
    [{ key: 'SECRET', cert: '' }, 'the `cert` of its `key`'],
  ] as const) {
    const message = `The \`tls\` of a server lacks ${lacks}, as contents of PEM files (or a \`pfx\`)`;
    t.throws(() => serve(noop as never, { tls }), { instanceOf: ArgumentError, message });
    await t.throwsAsync(
      inFiber(() => listen({ port: 0, tls })),
      { instanceOf: ArgumentError, message },
    );
  }
  // The certificate may be chosen for each connection.
  t.notThrows(() => serve(noop as never, { tls: { SNICallback: nothing } }));
});

for (const [name, call] of Object.entries(strict))
  test(`${name} says that it has no such option as \`gravity\``, async (t) => {
    await t.throwsAsync(
      inFiber(() => call(wrong({ gravity: 1 }))),
      { instanceOf: ArgumentError, message: /^Unknown option `gravity` of `\w+`; / },
    );
  });

test('`fetch` of a program that gives it a `signal` says what to write instead', async (t) => {
  const signal = AbortSignal.abort();
  await t.throwsAsync(
    inFiber(() => fetch('http://127.0.0.1:9/', { signal } as never)),
    { instanceOf: ArgumentError, message: /withTimeout/ },
  );
});

/** Calls that are wrong in one place. */
const others: Readonly<Record<string, () => unknown>> = {
  'a host that is a number': () => listen({ port: 0, host: wrong(7) }),
  'a host of HTTP that is a number': () => listenHttp({ port: 0, host: wrong(7) }),
  'a path of a socket that is too long': () => listen({ path: `/tmp/${'x'.repeat(300)}` }),
  'a host of UDP that is a number': () => bind({ port: 0, host: wrong(7) }),
  'a gate without a share': () => gate({ name: 'g', goal: 50, priority: 0 }),
  'a gate with a priority that is no number': () => gate({ name: 'g', goal: 50, priority: wrong('high') }),
  'connections with a negative priority': () => listen({ port: 0, goal: 50, priority: -1 }),
  'a priority that is no function': () => listenHttp({ priorityOf: wrong(2) }),
  'a kind that is no function': () => nodeFibers({ kindOf: wrong('all') }),
  'a grace that is null': () => nodeFibers({ grace: wrong(null) }),
  'a runtime that is none': () => nodeFibers({ runtime: wrong({}) }),
  'a server that is none': () => nodeFibers().attach(wrong({})),
  'permissions that are a function': () => fs.open('/nonexistent/a', 'w', wrong(nothing)),
  'permissions of a file that is written': () => fs.writeFile('/nonexistent/a', '', { mode: wrong(nothing) }),
  'flags that are null': () => fs.open(here, wrong(null)),
  'a stream of a process': () => start('true', [], { stdout: wrong('text') }),
  'a signal that there is not': () => signalling(wrong('SIGNAL')),
  'name servers that are none': () => resolve('localhost', 'A', { servers: wrong(['here']) }),
  'an encoding that there is not': () => fs.readText(here, wrong('utf-9')),
  'an encoding of lines': () => forEachLine(stream(), nothing, { encoding: wrong('utf-9') }),
  'an encoding of output': () => execute('true', [], { encoding: wrong('utf-9') as BufferEncoding }),
  'a prefix that is a number': () => fs.tempDirectory(wrong(7)),
  'a source that is none': () => forEachLine(wrong({}), nothing),
  'a source to pipe that is none': () => pipe(wrong('text'), process.stdout),
  'a body that returns something': () =>
    forEachLine(
      stream(),
      wrong(() => 1),
    ),
  'a signal that is none': () => withSignal(wrong({}), sleep(0)),
  'a signal of a promise': () => toPromise(sleep(0), { signal: wrong('x') }),
  'a scope that is none': () => abortSignal(wrong({})),
  'an owner that is none': () => own({ [Symbol.dispose]: nothing }, wrong({})),
  'an owner of a connection that is none': () => adopting(wrong({})),
  'a runtime for a scope': () => openScope(wrong({})),
  'a runtime for a task': () => toTask(() => sleep(0), { runtime: wrong({}) }),
  'a runtime for a task that may fail': () => toReaderTaskEither(() => sleep(0), nothing, { runtime: wrong({}) }),
  'a runtime for Effects': () => void provideRuntime(Effect.void, wrong({})),
  'a namespace that is none': () => runIn(wrong({}), noop),
  'a reader that is none': () => fromReaderTaskEither(wrong(null), 1),
  'an Either that is null': () => fromEither(wrong(null)),
  'an Either that is none': () => fromEither(wrong({ right: 1 })),
  'an Option that is undefined': () => fromOption(wrong(undefined)),
  'an Option that is a number': () => fromOption(wrong(5)),
  'what makes nothing for none': () => fromOption({ _tag: 'None' }, wrong(null)),
  'a task that returns no promise': () => fromTask(wrong(nothing)),
  'a task without an Either': () => fromTaskEither(wrong(() => Promise.resolve(1))),
  'a schema that is none': () => schema(wrong(null)),
  'a schema that is an object': () => schema(wrong({})),
  'services that are none': () => fromEffect(Effect.sync(noop), wrong(null)),
  'services of a scoped Effect': () => fromScopedEffect(Effect.void, wrong({})),
  'an application that is none': () => fastifyFibers(wrong(undefined), {}),
  'a strategy that is none': () => toWebStream(noop, wrong(7)),
  'an option of nothing': () => toOption(wrong(7)),
  'an attempt at nothing': () => attempt(wrong(7)),
  'a value with nothing': () => new FiberLocal(1).with(2, wrong(noop)),
  'a gate for what is no operation': () => gate({ name: 'g', goal: 50 }).admit(wrong(() => 7)),
  'a cleanup that is none': () => scope(wrong((it: { defer(f: unknown): void }) => it.defer(null))),
  'a snapshot that is no text': () => parseSnapshot(wrong(undefined)),
  'a sum of what is no array': () => add(wrong({})),
  'a sum with something else': () => add([wrong({ nodes: [] })]),
  'a picture as what is none': () => picture(wrong('gif')),
  'a picture with options that are none': () => picture(wrong('text'), wrong(null)),
  'events that are none': () => sameEvents(wrong(null), []),
  'expected events that are none': () => sameEvents([], wrong('a')),
  'a stream of what is no operation': () => toReadable(wrong(nothing)),
};

for (const [name, call] of Object.entries(others))
  test(`${name}: the error says so`, async (t) => {
    t.true((await t.throwsAsync(inFiber(call))) instanceof HeddleError);
  });

/** What takes a snapshot, or its locks, in each place. */
const readers: Readonly<Record<string, (none: never) => unknown>> = {
  add: (none) => add([none]),
  subtract: (none) => subtract(none, none),
  'subtract: the earlier one': async (none) => subtract(await new Runtime().snapshot(), none),
  findDeadlocks,
  'findDeadlocks: a lock': (none) => findDeadlocks([none]),
  describeDeadlocks,
  findImbalances,
  hotNodes,
  longestWaits,
  longRuns,
  predictRemaining,
  render: (none) => render(none, 'text'),
};

for (const [name, call] of Object.entries(readers))
  test(`${name} of what is no snapshot: the error says so`, async (t) => {
    for (const value of [null, undefined, 7, 'snapshot', {}, { nodes: [] }])
      await t.throwsAsync(async () => call(wrong(value)), { instanceOf: ArgumentError });
  });

test('what starts a program says what is wrong with it', async (t) => {
  await t.throwsAsync(async () => run(noop, wrong(null)), { instanceOf: ArgumentError });
  t.throws(() => run(noop, { signal: wrong(Number.NaN) }), { instanceOf: ArgumentError });
  t.throws(() => main(noop, wrong(null)), { instanceOf: ArgumentError });
  await t.throwsAsync(async () => simulate(noop, wrong(null)), { instanceOf: ArgumentError });
  await t.throwsAsync(async () => simulate(wrong(null)), { instanceOf: ArgumentError });
  await t.throwsAsync(simulateMany(noop, { runs: Infinity }), { instanceOf: ArgumentError });
});

function* adopting(owner: never): Operation<void> {
  const [one] = yield* connectionPair();
  one.adopt(owner);
}

function* serving(options: never): Operation<void> {
  const listener = yield* listen({ port: 0, host: '127.0.0.1' });
  yield* moveOnAfter(500, listener.serve(noop, options));
}

function* signalling(signal: never): Operation<void> {
  const child = yield* start('cat');
  child.kill(signal);
}

function* syncing(options: never): Operation<void> {
  const file = yield* fs.open(here);
  yield* file.sync(options);
}

/** Passes a request as its server has it, or the response to it, and throws what that throws. */
function* exchange(use: (request: ServerRequest, response: ClientResponse) => Operation<unknown>): Operation<void> {
  const server = yield* listenHttp({ host: '127.0.0.1' });
  const failures: unknown[] = [];
  yield* spawnDaemon(() =>
    server.serve(function* (request) {
      yield* noted(() => use(request, wrong({ bytes: noop })));
      return text('');
    }),
  );
  const response = yield* fetch(`http://127.0.0.1:${server.port}`);
  yield* noted(() => use(wrong({ bytes: noop }), response));
  if (failures.length > 0) throw failures[0];

  function* noted(body: () => Operation<unknown>): Operation<void> {
    try {
      yield* body();
    } catch (error) {
      failures.push(error);
    }
  }
}

/** Runs it as a program would, to its end: nothing may be left that hangs. */
function inFiber(call: () => unknown): Promise<void> {
  return run(function* () {
    const made = call() as Operation<unknown> | Promise<unknown> | undefined;
    if (made instanceof Promise) yield* until(made);
    else if (typeof (made as Operation<unknown>)?.[Symbol.iterator] === 'function') yield* made as Operation<unknown>;
  });
}

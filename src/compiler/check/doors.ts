import { NAMESPACE } from './lexical-scope.js';
import { callable, nothing, operation, resultOf, type Shape, type Space } from './shape.js';

/*
 * Which of heddle's exports make operations. Kept as a list, and not read from the declarations at run time, so that the
 * lint rule needs neither a parser nor files; a test derives the list from the declarations and compares.
 *
 *     'Operation'             a function that makes an operation
 *     'Operation<Listener>'   a function that makes an operation whose result is one of the types below
 *     'Operation<$1>'         … whose result is that of the operation passed as its second argument
 *     'Fiber'                 a function that returns one of the types below
 *     '(Connection) …'        a function that takes a function and calls it with a Connection
 *     '= Writer'              not a function, but the value itself
 */

const VALUES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  heddle: {
    abortable: 'Operation',
    all: 'Operation',
    call: 'Operation',
    channel: 'Channel',
    event: 'Event',
    gate: 'Gate',
    moveOnAfter: 'Operation<$1>',
    moveOnAt: 'Operation<$1>',
    mutex: 'Mutex',
    race: 'Operation',
    resource: 'Resource',
    scope: '(Scope) Operation',
    select: 'Operation',
    semaphore: 'Semaphore',
    shield: 'Operation<$0>',
    sleep: 'Operation',
    sleepUntil: 'Operation',
    spawn: 'Operation<Fiber>',
    spawnDaemon: 'Operation<Fiber>',
    suspend: 'Operation',
    until: 'Operation',
    withTimeout: 'Operation<$1>',
    withTimeoutAt: 'Operation<$1>',
    yieldNow: 'Operation',
  },
  'heddle/async-context': { inContext: 'Operation' },
  'heddle/cls-hooked': { runIn: 'Operation' },
  'heddle/dns': { lookup: 'Operation', lookupAll: 'Operation', resolve: 'Operation', reverse: 'Operation' },
  'heddle/effect': { fromEffect: 'Operation', fromScopedEffect: 'Operation', schema: 'BodyReader' },
  'heddle/express': {},
  'heddle/fastify': {},
  'heddle/fp-ts': {
    attempt: 'Operation',
    fromEither: 'Operation',
    fromOption: 'Operation',
    fromReaderTaskEither: 'Operation',
    fromTask: 'Operation',
    fromTaskEither: 'Operation',
    toOption: 'Operation',
  },
  'heddle/fs': {
    appendFile: 'Operation',
    copyFile: 'Operation',
    exists: 'Operation',
    forEachChunk: 'Operation',
    forEachLine: 'Operation',
    lstat: 'Operation',
    mkdir: 'Operation',
    open: 'Operation<File>',
    readEntries: 'Operation',
    readFile: 'Operation',
    readText: 'Operation',
    readdir: 'Operation',
    readlink: 'Operation',
    realpath: 'Operation',
    remove: 'Operation',
    rename: 'Operation',
    stat: 'Operation',
    symlink: 'Operation',
    tempDirectory: 'Operation',
    writeFile: 'Operation',
  },
  'heddle/hono': {},
  'heddle/http': {
    fetch: 'Operation<ClientResponse>',
    listen: 'Operation<HttpServer>',
    serve: '(ServerRequest) Operation',
  },
  'heddle/lowlevel': {},
  'heddle/net': { connect: 'Operation<Connection>', listen: 'Operation<Listener>' },
  'heddle/node-http': {},
  'heddle/process': { execute: 'Operation', start: 'Operation<ChildProcess>' },
  'heddle/promises': {
    fromAsyncIterable: 'AsyncPull',
    withSignal: 'Operation<$1>',
  },
  'heddle/snapshot': {},
  'heddle/streams': {
    byteReader: 'BytesReader',
    forEachLine: 'Operation',
    fromWeb: 'Reader',
    pipe: 'Operation',
    readAll: 'Operation',
    reader: 'Reader',
    writer: 'Writer',
  },
  'heddle/testing': { connectionPair: 'Operation', simulate: '(World)', simulateMany: '(World)' },
  'heddle/udp': { bind: 'Operation<UdpSocket>' },
};

const READABLE = { read: 'Operation', readExactly: 'Operation', readLine: 'Operation', readUntil: 'Operation' };
const WRITABLE = { end: 'Operation', write: 'Operation' };
const BODY = { bytes: 'Operation', json: 'Operation', read: 'Operation', text: 'Operation' };
const SEMAPHORE = { acquire: 'Operation<Permit>', withPermit: 'Operation<$0>' };

/** Members of what the doors' functions return, by the name of its type. No two doors give one name to different types. */
const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  AsyncPull: { close: 'Operation', forEach: 'Operation', next: 'Operation' },
  BodyReader: { read: 'Operation' },
  ByteStream: { ...READABLE, ...WRITABLE, close: 'Operation' },
  BytesReader: { ...READABLE, forEach: 'Operation' },
  Channel: { forEach: 'Operation', receive: 'Operation', send: 'Operation' },
  ChildProcess: {
    stderr: '= BytesReader',
    stdin: '= Writer',
    stdout: '= BytesReader',
    stop: 'Operation',
    wait: 'Operation',
  },
  ClientResponse: BODY,
  Connection: { ...READABLE, ...WRITABLE, close: 'Operation' },
  Event: { wait: 'Operation' },
  Fiber: { join: 'Operation' },
  FiberLocal: { with: 'Operation<$1>' },
  File: {
    close: 'Operation',
    read: 'Operation',
    readAt: 'Operation',
    readInto: 'Operation',
    stat: 'Operation',
    sync: 'Operation',
    truncate: 'Operation',
    write: 'Operation',
  },
  HttpServer: { serve: '(ServerRequest) Operation' },
  Listener: { accept: 'Operation<Connection>', serve: '(Connection) Operation' },
  Mutex: { ...SEMAPHORE, holder: '= Fiber', lock: 'Operation<Permit>', withLock: 'Operation<$0>' },
  OpenScope: { scope: '= Scope' },
  Permit: { holder: '= Fiber' },
  ReadableBytes: READABLE,
  Reader: { forEach: 'Operation', read: 'Operation' },
  ResponseError: { response: '= ClientResponse' },
  Scope: { spawn: 'Fiber', spawnDaemon: 'Fiber' },
  Semaphore: SEMAPHORE,
  Resource: SEMAPHORE,
  Gate: { admit: 'Operation' },
  ServerRequest: BODY,
  ToPromiseOptions: { scope: '= Scope' },
  UdpSocket: { receive: 'Operation', send: 'Operation' },
  World: { untilIdle: 'Operation' },
  WritableBytes: WRITABLE,
  Writer: { ...WRITABLE, broken: 'Operation', finish: 'Operation' },
};

/** Whether a module is one of heddle's. */
export function isDoor(source: string): boolean {
  return Object.hasOwn(VALUES, source);
}

/** What a door exports under a name. */
export function doorShape(source: string, name: string | typeof NAMESPACE, space: Space): Shape {
  if (name === NAMESPACE) return { kind: 'object', member: (one) => doorShape(source, one, space) };
  if (space === 'type') return ofTypeNamed(name);
  const values = VALUES[source] ?? {};
  if (Object.hasOwn(values, name)) return parse(values[name]!);
  return Object.hasOwn(TYPES, name) ? { kind: 'class', instance: () => ofTypeNamed(name), member: nothing } : null;
}

/** Both lists, for the test that compares them with the declarations. */
export const listed: { readonly values: typeof VALUES; readonly types: typeof TYPES } = {
  values: VALUES,
  types: TYPES,
};

/** One shape per type, so that values with the same shape are known to be of the same type. */
const shapes: Map<string, Shape> = new Map();

function ofTypeNamed(name: string): Shape {
  if (name === 'Operation') return operation();
  if (name === 'OperationFunction') return callable(() => operation());
  if (!Object.hasOwn(TYPES, name)) return null;
  const known = shapes.get(name);
  if (known !== undefined) return known;
  const members = TYPES[name]!;
  const shape: Shape = {
    kind: 'object',
    member: (one) => (Object.hasOwn(members, one) ? parse(members[one]!) : null),
  };
  shapes.set(name, shape);
  return shape;
}

const NOTATION = /^(?<itself>= )?(?:\((?<given>\w+)\) ?)?(?<type>\w*)(?:<(?:\$(?<argument>\d)|(?<result>\w+))>)?$/;

function parse(notation: string): Shape {
  const { itself, given, type = '', argument, result } = NOTATION.exec(notation)!.groups!;
  if (itself !== undefined) return ofTypeNamed(type);
  return callable(
    (argumentAt) => {
      if (argument !== undefined) return operation(() => resultOf(argumentAt(Number(argument))));
      return result === undefined ? ofTypeNamed(type) : operation(() => ofTypeNamed(result));
    },
    () => (given === undefined ? null : callable(nothing, () => ofTypeNamed(given))),
  );
}
